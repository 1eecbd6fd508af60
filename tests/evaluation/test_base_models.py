"""GGUF files become folders that load at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from tokenizers.pre_tokenizers import ByteLevel

from evaluation.devices import choose_placement
from evaluation.players.base_models import converted_gguf, load_base_model
from evaluation.players.protocol import PlayerError

WIDTH, HEADS, VOCABULARY = 32, 2, 260


@pytest.fixture(scope="module")
def gguf_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A one-layer Llama with random float32 weights and a byte-level tokenizer, as llama.cpp would store it."""
    path = tmp_path_factory.mktemp("gguf") / "tiny-llama.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(128)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10_000.0)
    writer.add_vocab_size(VOCABULARY)
    tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *sorted(ByteLevel.alphabet()), "ab"]
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL] * 3 + [gguf.TokenType.NORMAL] * 257)
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(2)
    writer.add_bos_token_id(1)
    random = np.random.default_rng(0)
    shapes = {
        "token_embd": (VOCABULARY, WIDTH),
        "output_norm": (WIDTH,),
        "blk.0.attn_norm": (WIDTH,),
        "blk.0.ffn_norm": (WIDTH,),
        **{f"blk.0.{name}": (WIDTH, WIDTH) for name in ("attn_q", "attn_k", "attn_v", "attn_output")},
        **{f"blk.0.{name}": (WIDTH, WIDTH) for name in ("ffn_gate", "ffn_up", "ffn_down")},
    }
    for name, shape in shapes.items():
        writer.add_tensor(f"{name}.weight", random.normal(size=shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_gguf_is_converted_once_and_gives_the_same_weights(gguf_file: Path, tmp_path: Path) -> None:
    placement = choose_placement("cpu")
    in_memory, _ = load_base_model(str(gguf_file), placement=placement)
    first, _ = load_base_model(str(gguf_file), placement=placement, cache_directory=tmp_path)
    [folder] = tmp_path.glob("tiny-llama-*")
    written = (folder / "model.safetensors").stat().st_mtime_ns
    second, tokenizer = load_base_model(str(gguf_file), placement=placement, cache_directory=tmp_path)

    ids = torch.tensor([[5, 9, 17]])
    with torch.inference_mode():
        logits = [model(ids).logits for model in (in_memory, first, second)]
    assert torch.equal(logits[0], logits[1])
    assert torch.equal(logits[0], logits[2])
    assert (folder / "model.safetensors").stat().st_mtime_ns == written
    assert tokenizer.eos_token == "<|im_end|>"


def test_what_an_interrupted_conversion_left_is_removed(gguf_file: Path, tmp_path: Path) -> None:
    (tmp_path / ".converting-killed").mkdir()
    (tmp_path / ".converting-killed" / "model.safetensors").write_bytes(b"half")

    folder = converted_gguf(gguf_file, tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", folder.name]


def test_two_that_convert_at_once_get_one_whole_folder(gguf_file: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(converted_gguf, [gguf_file] * 2, [tmp_path] * 2))

    assert folders[0] == folders[1]
    assert (folders[0] / "model.safetensors").is_file()
    assert len(list(tmp_path.glob("*llama*"))) == 1


def test_a_file_that_is_no_gguf_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF but not really")

    with pytest.raises(PlayerError, match=r"broken\.gguf” cannot be loaded"):
        load_base_model(str(broken), placement=choose_placement("cpu"), cache_directory=tmp_path / "cache")


def test_weights_that_are_no_safetensors_are_refused(tiny_folder: Path, tmp_path: Path) -> None:
    for file in tiny_folder.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")

    with pytest.raises(PlayerError, match="cannot be loaded"):
        load_base_model(str(tmp_path), placement=choose_placement("cpu"))
