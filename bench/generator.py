"""How long generated cases take: `python -m bench.generator [--count 10000] [--seed 7]`.

Cases as a data set is made of them, labels checked; then twins. In a process that has loaded nothing yet, so what the
generator takes to load is in it.
"""

import argparse
import time

_LIMIT = 10.0


def main() -> None:
    parser = argparse.ArgumentParser(description="How long generated cases take.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()

    began, cpu = time.perf_counter(), time.process_time()
    from exceptions.generator import generate_cases, generate_twins

    loaded = time.perf_counter()
    cases = generate_cases(options.count, options.seed)
    made, made_cpu = time.perf_counter(), time.process_time()
    print(
        f"{len(cases):,} cases: {made - began:.1f} s, {made_cpu - cpu:.1f} CPU s (limit {_LIMIT:.0f} s for 10 000), "
        f"{loaded - began:.1f} s of it loading"
    )
    pairs = generate_twins(options.count // 10, options.seed)
    print(f"{len(pairs):,} twin pairs: {time.perf_counter() - made:.1f} s")


if __name__ == "__main__":
    main()
