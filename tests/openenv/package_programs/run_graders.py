"""Run by the Python that has openenv: collects evidence from a running site, and runs the runtime graders over it.

Arguments: the address of the environment, and the folder with `openenv.yaml`. Prints `{check: [status, evidence]}`.
`openenv validate` itself does this with a container that it builds; ours would need a PostgreSQL beside it.
"""

import json
import sys
from pathlib import Path

from openenv.validation import Level, load_policy
from openenv.validation.graders import Subject
from openenv.validation.parsers.openenv_yaml import OpenEnvYamlParser
from openenv.validation.runner import default_grader_registry
from openenv.validation.runtime.collector import collect_runtime_evidence
from openenv.validation.runtime.contracts import load_runtime_plan

address, root = sys.argv[1], Path(sys.argv[2])
manifest = OpenEnvYamlParser().parse(root)
plan = load_runtime_plan(root, manifest.execution)
evidence = collect_runtime_evidence(address, plan, episode_timeout_s=120)
subject = Subject(
    root=root, manifest=manifest, image_ref=None, running=None, outputs_dir=root, runtime_evidence=evidence
)
graders = default_grader_registry(load_policy("v2")).select(manifest, Level.RUNTIME)
results = [grader.run(subject) for grader in graders]
json.dump({result.check_id: [result.status.value, result.evidence] for result in results}, sys.stdout)
