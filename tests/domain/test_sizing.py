"""Sizing against published runs and tables, within a factor of 1.5 where the utilisation is known; and its laws."""

from __future__ import annotations

from itertools import pairwise
from math import isclose, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import Invalid
from planner.domain.sizing import GpuLine, build_sizing
from planner.domain.sizing_facts import Range, find_entry
from planner.domain.sizing_inputs import SizingDraft
from planner.domain.sizing_memory import build_memory, model_states, sharded_bytes, sharded_gb, transformer_activations
from planner.domain.sizing_time import build_work
from planner.domain.sizing_words import between
from planner.playbooks import Playbooks

FACTS = Playbooks.shipped().get("fsdl").sizing
assert FACTS is not None
FACTOR = 1.5


def near(found: Range, published: float) -> bool:
    """Whether the middle of a range is within the factor of what was published."""
    middle = sqrt(found.low * found.high)
    return published / FACTOR <= middle <= published * FACTOR


def line(gpu: str, share: float | None = None, **said: Any) -> GpuLine:
    """What a transformer takes on one kind of GPU, at one utilisation or at the default of the playbook."""
    assert FACTS is not None
    stated = {"utilisation_low": share, "precision": "mixed", "gpu": gpu, **said}
    return build_sizing(SizingDraft.model_validate(stated), FACTS).gpus[0]


@pytest.mark.parametrize(
    ("parameters", "tokens", "flops"),
    [
        (175e9, 300e9, 3.14e23),  # Brown et al. 2020, GPT-3, table D.1
        (540e9, 780e9, 2.5272e24),  # Chowdhery et al. 2022, PaLM: 2527.2 zettaFLOPs
        (70e9, 1.4e12, 5.76e23),  # Hoffmann et al. 2022, Chinchilla, trained with the budget of Gopher
        (405e9, 15.6e12, 3.8e25),  # Grattafiori et al. 2024, Llama 3, section 3.2.1
    ],
)
def test_the_operations_of_published_runs(parameters: float, tokens: float, flops: float) -> None:
    work = build_work(SizingDraft(parameters=parameters, tokens=tokens))
    assert work is not None
    assert isclose(work.flops.high, flops, rel_tol=0.05)


# GPU, parameters, tokens, utilisation of the model's operations, published GPU-hours.
RUNS = {
    # Patterson et al. 2021, table 4: 10,000 V100 at 24.6 TFLOP/s for 14.8 days.
    "GPT-3": ("v100_32", 175e9, 300e9, 24.6 / 125, 10_000 * 14.8 * 24),
    # Chowdhery et al. 2022, section 4.1: 46.2 % at 238,300 tokens a second on 6144 chips.
    "PaLM, throughput": ("tpu_v4", 540e9, 780e9, 0.462, 780e9 / 238_300 / 3600 * 6144),
    # The same: 1200 hours on 6144 chips and 336 on 3072, with downtime and repeated steps.
    "PaLM, whole": ("tpu_v4", 540e9, 780e9, 0.462, 1200 * 6144 + 336 * 3072),
    # Grattafiori et al. 2024: 38 to 43 %; the model card of Llama 3.1: 30.84 million H100-hours.
    "Llama 3.1 405B": ("h100", 405e9, 15.6e12, 0.40, 30.84e6),
    # Narayanan et al. 2021, section 5.1: 140 TFLOP/s, of which 6/8 are the model's, 34 days on 1024 GPUs.
    "Megatron 175B": ("a100_80", 175e9, 300e9, 140 / 312 * 6 / 8, 1024 * 34 * 24),
    # The same for a trillion parameters: 163 TFLOP/s, 84 days on 3072 GPUs for 450 billion tokens.
    "Megatron 1T": ("a100_80", 1008e9, 450e9, 163 / 312 * 6 / 8, 3072 * 84 * 24),
    # Smith et al. 2022, section 2.4: 126 TFLOP/s, 60.1 s for a batch of 1920 × 2048 tokens on 2240 GPUs.
    "Megatron-Turing, one step": ("a100_80", 530e9, 1920 * 2048, 126 / 312 * 6 / 8, 2240 * 60.1 / 3600),
    # BigScience 2022: about 150 TFLOP/s with recomputation, 366 billion tokens, 1,082,990 hours.
    "BLOOM": ("a100_80", 176.2e9, 366e9, 150 / 312 * 6 / 8, 1_082_990),
    # Zhang et al. 2022, OPT: 147 TFLOP/s with recomputation; its logbook: 33 days on 1024 GPUs for 300 billion tokens.
    "OPT-175B": ("a100_80", 175e9, 300e9, 147 / 312 * 6 / 8, 1024 * 33 * 24),
    # Black et al. 2022, GPT-NeoX-20B: 117 TFLOP/s with recomputation, 150,000 steps of 1538 × 2048 tokens, 1830 hours.
    "GPT-NeoX-20B": ("a100_40", 20.56e9, 150_000 * 1538 * 2048, 117 / 312 * 6 / 8, 96 * 1830),
    # TinyLlama, README: 56 % of the peak without recomputation; 3456 hours for 300 billion tokens.
    "TinyLlama 1.1B": ("a100_40", 1.1e9, 300e9, 0.56, 3456),
    # MosaicML, MPT-7B: 440 GPUs for 9.5 days; its benchmarks: 50.14 % for this model on 128 such GPUs.
    "MPT-7B": ("a100_40", 6.659e9, 1e12, 0.5014, 440 * 9.5 * 24),
    # MosaicML LLM Foundry, training benchmarks: 2308 tokens a second on each H100 at 43.92 %; 1039 at 42.57 %.
    "MPT-30B, throughput": ("h100", 29.975e9, 1e12, 0.4392, 1e12 / 2308 / 3600),
    "MPT-70B, throughput": ("h100", 64.862e9, 1e12, 0.4257, 1e12 / 1039 / 3600),
}


@pytest.mark.parametrize("name", RUNS)
def test_published_runs_within_a_factor_of_one_and_a_half(name: str) -> None:
    gpu, parameters, tokens, share, published = RUNS[name]
    hours = line(gpu, share, parameters=parameters, tokens=tokens).gpu_hours
    assert hours is not None
    assert near(hours, published), (between(hours), published)


@pytest.mark.parametrize(
    ("gpu", "parameters", "tokens", "published"),
    [
        ("a100_80", 70e9, 2e12, 1_720_320),  # Touvron et al. 2023, Llama 2, table 2
        ("a100_40", 124e6, 2.95e11, 8 * 4 * 24),  # nanoGPT: about four days on eight A100
        ("a100_40", 6.659e9, 1e12, 440 * 9.5 * 24),  # MosaicML, MPT-7B
        ("v100_32", 175e9, 300e9, 288 * 8766),  # Narayanan et al. 2021: 288 years on one V100
    ],
)
def test_the_default_range_holds_runs_of_unknown_utilisation(
    gpu: str, parameters: float, tokens: float, published: float
) -> None:
    hours = line(gpu, parameters=parameters, tokens=tokens).gpu_hours
    assert hours is not None
    assert hours.low <= published <= hours.high


def test_eight_bits_are_reckoned_with_their_own_utilisation() -> None:
    """MosaicML LLM Foundry, training benchmarks: 3 B at 2048 tokens, 30,586 tokens a second on each H100 with FP8."""
    found = line("h100", parameters=2.652e9, tokens=1e12, precision="fp8")
    assert found.gpu_hours is not None
    assert found.gpu_hours.low <= 1e12 / 30_586 / 3600 <= found.gpu_hours.high


@pytest.mark.parametrize(
    ("gpu", "precision", "gpus", "published"),
    [
        ("a100_80", "mixed", 1, 14),  # NVIDIA DeepLearningExamples, ResNet-50 v1.5, 90 epochs
        ("a100_80", "tf32", 1, 36),
        ("v100_16", "mixed", 1, 29),
        ("v100_16", "fp32", 1, 92),
        ("p100", "fp32", 256, 1),  # Goyal et al. 2017, ImageNet in 1 hour
    ],
)
def test_resnet_50_on_imagenet(gpu: str, precision: str, gpus: int, published: float) -> None:
    said: dict[str, Any] = {
        "examples": 1_281_167,
        "epochs": 90,
        "flops_per_example": 8.2e9,
        "precision": precision,
        "gpus": gpus,
    }
    found = line(gpu, **said).days
    assert found is not None
    assert near(found.times(24), published), between(found)


def entries(precision: str, optimiser: str = "adamw") -> dict[str, float]:
    assert FACTS is not None
    kind, method = find_entry(FACTS.precisions, precision), find_entry(FACTS.optimisers, optimiser)
    assert kind is not None
    assert method is not None
    return model_states(1e9, 1e9, kind, method)


def test_the_table_of_zero() -> None:
    """Rajbhandari et al. 2020, figure 1: 7.5 billion parameters, 64 GPUs."""
    states = {name: value * 7.5 for name, value in entries("mixed").items()}
    found = [sharded_bytes(states, stage, 64) / 1e9 for stage in range(4)]
    assert found == pytest.approx([120, 31.4, 16.6, 1.9], rel=0.02)


def test_the_memory_of_fine_tuning() -> None:
    """Dettmers et al. 2023: more than 780 GB for 65 billion parameters in 16 bits, less than 48 GB with QLoRA."""
    assert sum(entries("pure16").values()) * 65 == pytest.approx(780e9)
    shape: dict[str, Any] = {
        "layers": 80,
        "hidden": 8192,
        "heads": 64,
        "sequence": 512,
        "batch": 1,
        "recomputation": "full",
    }
    model: dict[str, Any] = {
        "parameters": 65e9,
        "trained_parameters": 8e8,
        "precision": "quantised_base",
        "optimiser": "adam8bit",
    }
    found = line("l40s", **model, **shape)
    assert found.per_gpu is not None
    assert found.per_gpu.low < 48


@pytest.mark.parametrize(
    ("parameters", "trained", "precision", "layers", "hidden", "low", "high"),
    [
        (6.74e9, 6.74e9, "mixed", 32, 4096, 108, 135),  # 16 bytes a parameter, Rajbhandari et al. 2020
        (6.74e9, 4e7, "mixed", 32, 4096, 13.5, 24),  # LoRA on the weights in 16 bits: one card of 24 GB
        (6.74e9, 4e7, "quantised_base", 32, 4096, 5, 12),  # QLoRA: half a byte a parameter
        (69e9, 69e9, "mixed", 80, 8192, 1104, 1250),
        (69e9, 2e8, "quantised_base", 80, 8192, 36, 80),  # QLoRA on one card of 80 GB
    ],
)
def test_fine_tuning_takes_what_practitioners_see(
    parameters: float, trained: float, precision: str, layers: int, hidden: int, low: float, high: float
) -> None:
    shape: dict[str, Any] = {"layers": layers, "hidden": hidden, "heads": hidden // 128, "sequence": 2048, "batch": 1}
    said = {"parameters": parameters, "trained_parameters": trained, "precision": precision, "optimiser": "adamw"}
    assert FACTS is not None
    found = build_memory(SizingDraft.model_validate({**said, **shape, "recomputation": "full"}), FACTS)
    assert found is not None
    assert low <= found.total.low <= found.total.high <= high


@pytest.mark.parametrize(
    ("layers", "hidden", "heads", "saved"),
    [(96, 12288, 96, 0.70), (105, 20480, 128, 0.65)],  # GPT-3 and Megatron-Turing
)
def test_what_selective_recomputation_saves(layers: int, hidden: int, heads: int, saved: float) -> None:
    """Korthikanti et al. 2022, section 5: 70 % and 65 % of the activations."""
    kept = transformer_activations(1, 2048, layers, hidden, heads, "none")
    selective = transformer_activations(1, 2048, layers, hidden, heads, "selective")
    assert 1 - selective.high / kept.high == pytest.approx(saved, abs=0.01)


def test_a_way_is_chosen_in_order_and_says_why() -> None:
    shape: dict[str, Any] = {
        "layers": 32,
        "hidden": 4096,
        "heads": 32,
        "sequence": 2048,
        "batch": 1,
        "recomputation": "full",
    }
    model = {"parameters": 7e9, "optimiser": "adamw", **shape}
    assert (line("h200", **model).way, line("h200", gpus=4, **model).way) == ("one", "data")
    assert [line("a100_80", gpus=n, **model).way for n in (1, 2, 8)] == ["none", "sharded_2", "sharded_1"]
    assert line("a100_40", gpus=8, **model).way == "sharded_2"
    assert line("rtx_4090", gpus=8, **model).way == "sharded_3"
    wide = {**model, "parameters": 1e12, "layers": 4, "hidden": 131072, "heads": 1024}
    found = line("h200", **wide)
    assert found.way == "split"
    assert "hold one copy between them" in found.reason


def test_what_is_not_stated_is_missing_and_not_made_up() -> None:
    assert FACTS is not None
    answer = build_sizing(SizingDraft(parameters=7e9), FACTS)
    assert answer.missing == ("tokens",)
    assert answer.memory is not None
    assert answer.memory.missing[:2] == ("precision", "optimiser")
    assert all((one.way, one.gpu_hours, one.cost) == (None, None, None) for one in answer.gpus)
    texts = build_sizing(SizingDraft(label_kind="text_class", items=10), FACTS).labelling
    assert texts is not None
    assert (texts.hours, texts.missing) == (None, ("seconds_low", "wage_low"))
    priceless = line("t4", parameters=1e8, tokens=1e9)
    assert priceless.gpu_hours is not None
    assert priceless.cost is None


def test_a_stated_price_and_a_measured_step_count() -> None:
    found = line("t4", step_seconds=0.5, steps=7200, gpus=4, price_low=1, price_high=2, price_as_of="2026-11-01")
    assert found.gpu_hours is not None
    assert found.price is not None
    assert found.cost is not None
    assert (found.gpu_hours.low, found.cost.low, found.price.as_of) == (4, 4, "2026-11-01")
    assert found.cost.high == pytest.approx(8 * 1.11)


def test_labelling_is_reckoned_by_hand() -> None:
    assert FACTS is not None
    said = SizingDraft(
        label_kind="box", items=3600, units_per_item=2, repeats=3, review_share=0.5, wage_low=10, people=2
    )
    found = build_sizing(said, FACTS).labelling
    assert found is not None
    assert found.hours is not None
    assert (found.hours.low, found.hours.high) == pytest.approx((6 * 7 * (1 + 0.5 * 0.35), 6 * 42 * 1.5))
    assert found.cost == found.hours.times(10)
    assert found.missing == ()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"gpu": "abacus"}, "gpu"),
        ({"optimiser": "luck"}, "optimiser"),
        ({"price_low": 2, "price_high": 1}, "price_high"),
        ({"parameters": 10, "trained_parameters": 11}, "trained_parameters"),
        ({"tokens": 10, "flops_per_example": 11}, "flops_per_example"),
    ],
)
def test_what_cannot_be_is_refused_by_field(said: dict[str, object], field: str) -> None:
    assert FACTS is not None
    with pytest.raises(Invalid) as caught:
        build_sizing(SizingDraft.model_validate(said), FACTS)
    assert [error.field for error in caught.value.errors] == [field]


@given(
    st.floats(min_value=1, max_value=1e15),
    st.floats(min_value=1, max_value=1e18),
    st.sampled_from(["none", "selective", "full"]),
    st.integers(min_value=1, max_value=100_000),
    st.integers(min_value=1, max_value=100_000),
)
def test_ranges_are_ranges_whatever_is_stated(
    parameters: float, tokens: float, recomputation: str, layers: int, width: int
) -> None:
    assert FACTS is not None
    shape: dict[str, Any] = {
        "layers": layers,
        "hidden": width,
        "heads": 8,
        "sequence": 512,
        "batch": 2,
        "recomputation": recomputation,
    }
    said = {"parameters": parameters, "tokens": tokens, "optimiser": "adamw", "precision": "mixed", **shape}
    answer = build_sizing(SizingDraft.model_validate(said), FACTS)
    assert answer.memory is not None
    ranges = [answer.memory.total, *(found for one in answer.gpus for found in (one.per_gpu, one.gpu_hours, one.cost))]
    assert all(0 <= found.low <= found.high < float("inf") for found in ranges if found is not None)
    held = [one for one in answer.gpus if one.way != "none"]
    assert all(one.per_gpu is not None and one.per_gpu.high <= one.memory_gb for one in held)


@given(st.floats(min_value=1, max_value=1e12), st.floats(min_value=1, max_value=100), st.integers(1, 64))
def test_more_parameters_never_need_less_and_more_shards_never_more(
    parameters: float, factor: float, layers: int
) -> None:
    assert FACTS is not None
    said = {"optimiser": "adamw", "precision": "mixed", "activation_mb": 5, "batch": 3}
    few, many = (
        build_memory(SizingDraft.model_validate({"parameters": n, **said}), FACTS)
        for n in (parameters, parameters * factor)
    )
    assert few is not None
    assert many is not None
    assert few.total.low <= many.total.low
    assert few.total.high <= many.total.high
    held = [sharded_gb(few, 3, count, FACTS, layers).high for count in (1, 2, 8, 64)]
    assert all(after <= before * (1 + 1e-9) for before, after in pairwise(held))
    states = {name: value * parameters for name, value in entries("mixed").items()}
    for stage in range(4):
        shares = [sharded_bytes(states, stage, count) for count in (1, 2, 8, 64)]
        assert shares == sorted(shares, reverse=True)
    stages = [sharded_bytes(states, stage, 8) for stage in range(4)]
    assert stages == sorted(stages, reverse=True)
