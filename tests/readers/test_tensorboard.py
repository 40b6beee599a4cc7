"""Event files: those in `events` were written by PyTorch 2.15 and TensorFlow 2.21, others by TensorBoard here."""

from __future__ import annotations

import json
import math
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from planner.domain.errors import NotFound, PlannerError, Unreadable
from planner.domain.metrics_imports import RunsFound
from planner.domain.metrics_runs import RunDraft
from planner.readers.run_files import find_runs
from planner.readers.tensorboard import find_folder
from planner.readers.tfrecords import masked_crc
from tests.support.trackers import run_there

EVENTS = Path(__file__).parent / "events"
THIRD = float(np.float32(1 / 3))  # what a float32 keeps of it

ORACLE = """
import json, sys
from pathlib import Path
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util
said = {}
for folder in sorted({file.parent for file in Path(sys.argv[1]).rglob("*tfevents*")}):
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0}).Reload()
    last = {tag: max(events.Scalars(tag), key=lambda one: one.step).value for tag in events.Tags()["scalars"]}
    for tag in events.Tags()["tensors"]:
        if events.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
            last[tag] = float(tensor_util.make_ndarray(events.Tensors(tag)[-1].tensor_proto))
    said[folder.relative_to(sys.argv[1]).as_posix()] = {tag: repr(value) for tag, value in last.items()}
print(json.dumps(said))
"""

WRITE = """
import sys, time
import numpy as np
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.scalar import summary_v2
from tensorboard.compat.proto import tensor_pb2
from tensorboard.util import tensor_util
from tensorboard.summary.writer.event_file_writer import EventFileWriter

def scalar(tag, value, dtype=None):
    summary = summary_v2.scalar_pb(tag, value)
    if dtype:
        summary.value[0].tensor.CopyFrom(tensor_util.make_tensor_proto(np.array(value), dtype=np.dtype(dtype)))
    return summary

first = EventFileWriter(sys.argv[1] + "/kinds")
for dtype in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16"):
    value = 1 / 3 if dtype.startswith("float") else np.iinfo(dtype).max
    first.add_event(Event(wall_time=time.time(), step=1, summary=scalar(dtype, value, dtype)))
    tensor = tensor_pb2.TensorProto(dtype=tensor_util.make_tensor_proto(np.array(0, dtype)).dtype)
    tensor.tensor_content = np.array(value, dtype).tobytes()
    summary = scalar(dtype + " packed", 0.0)
    summary.value[0].tensor.CopyFrom(tensor)
    first.add_event(Event(wall_time=time.time(), step=1, summary=summary))
for tag, value in (("nan", np.nan), ("inf", np.inf), ("zero", 0.0)):
    first.add_event(Event(wall_time=time.time(), step=1, summary=scalar(tag, value)))
first.add_event(Event(wall_time=time.time(), step=1, summary=scalar("negative", -5, "int64")))
first.close()
for part, steps in enumerate(((0, 1, 2, 3), (2,))):
    again = EventFileWriter(sys.argv[1] + "/restarted", filename_suffix=f".{part}")
    if part:
        again.add_event(Event(wall_time=time.time(), step=2, session_log=SessionLog(status=SessionLog.START)))
    for step in steps:
        value = Summary(value=[Summary.Value(tag="loss", simple_value=step + part / 2)])
        again.add_event(Event(wall_time=time.time(), step=step, summary=value))
    again.close()
"""


def by_name(found: RunsFound) -> dict[str, RunDraft]:
    every = [one for batch in found.batches for one in batch]
    return {one.name: one for one in every if isinstance(one, RunDraft)}


def test_files_of_torch_and_tensorflow_are_read_to_the_last_digit() -> None:
    found = find_folder(EVENTS)
    runs = by_name(found)
    assert found.notes == []
    assert sorted(runs) == ["tf/one", "tf/two", "torch/hparams", "torch/new", "torch/old"]
    old = dict(runs["torch/old"].metrics)
    assert math.isnan(old.pop("nan"))
    assert old == {"recall": THIRD, "inf": math.inf, "ninf": -math.inf, "loss/train": 2.0}  # the greatest step is last
    new = dict(runs["torch/new"].metrics)
    assert math.isnan(new.pop("nan"))
    assert new == {"recall": THIRD, "recall64": 1 / 3, "half": float(np.float16(1 / 3))}
    assert runs["torch/hparams"].metrics == {"hparam/recall": 0.75}
    assert runs["torch/hparams"].params == {"lr": 0.1, "bs": 32, "opt": "adam", "amp": True}
    two = dict(runs["tf/two"].metrics)
    assert math.isnan(two.pop("nan"))
    assert two == {"recall": THIRD, "inf": math.inf, "ninf": -math.inf}
    assert math.isnan(runs["tf/one"].metrics["nan"])
    assert (runs["tf/one"].metrics["recall"], runs["tf/one"].metrics["loss"]) == (THIRD, 2.5)
    assert all(run.measured_at is not None and run.source == "tensorboard" for run in runs.values())
    assert len({run.source_id for run in runs.values()}) == len(runs)


def test_what_tensorboard_itself_writes_and_reads_is_the_same(tmp_path: Path) -> None:
    shutil.copytree(EVENTS, tmp_path / "theirs")
    run_there(WRITE, str(tmp_path))
    oracle = json.loads(run_there(ORACLE, str(tmp_path)))
    runs = by_name(find_folder(tmp_path))
    assert runs.keys() == oracle.keys()
    said = {name: {tag: repr(value) for tag, value in run.metrics.items()} for name, run in runs.items()}
    # TensorBoard shows everything as float32 numbers or as the tensors hold them; both are these very numbers.
    assert said == {name: {tag: repr(float(value)) for tag, value in told.items()} for name, told in oracle.items()}
    assert runs["restarted"].metrics == {"loss": 2.5}
    assert runs["kinds"].metrics["float64"] == 1 / 3
    assert runs["kinds"].metrics["int64"] == float(2**63 - 1)
    assert runs["kinds"].metrics["negative"] == -5


def file_of(run: str) -> Path:
    return next(file for file in sorted((EVENTS / run).iterdir()) if "tfevents" in file.name)


def test_one_file_is_a_run_named_by_its_folder_or_as_one_says(tmp_path: Path) -> None:
    content = file_of("torch/new").read_bytes()
    assert list(by_name(find_runs(content, "logs/vit/events.out.tfevents.1.host"))) == ["vit"]
    assert list(by_name(find_runs(content, "events.out.tfevents.1.host"))) == ["events.out.tfevents.1.host"]


def test_a_file_that_is_cut_off_is_read_to_its_last_whole_record(tmp_path: Path) -> None:
    content = file_of("torch/old").read_bytes()
    for cut in range(400, len(content), 97):
        found = find_runs(content[:cut], "events.out.tfevents.1.host")
        [run] = by_name(found).values()
        assert set(run.metrics) <= {"recall", "nan", "inf", "ninf", "loss/train"}
        if found.notes:
            assert "the" in found.notes[0]
            assert "records before were read" in found.notes[0]


def test_a_flipped_bit_never_becomes_a_value() -> None:
    content = file_of("torch/new").read_bytes()
    [whole] = by_name(find_runs(content, "a.tfevents")).values()
    right = {tag: repr(value) for tag, value in whole.metrics.items()}
    for position in range(len(content)):
        broken = bytearray(content)
        broken[position] ^= 0x10
        try:
            [run] = by_name(find_runs(bytes(broken), "a.tfevents")).values()
        except Unreadable:
            continue
        assert {tag: repr(value) for tag, value in run.metrics.items()}.items() <= right.items()


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"name,recall\na,1\n" * 9, struct.pack("<Q", 2**63) + b"\0" * 100, b"\0" * 1000],
)
def test_what_is_no_event_file_is_refused(content: bytes) -> None:
    with pytest.raises(PlannerError):
        by_name(find_runs(content, "a.tfevents"))


def test_a_length_beyond_all_bounds_is_refused_whatever_its_checksum() -> None:
    head = struct.pack("<Q", 2**40)
    with pytest.raises(Unreadable, match="is broken"):
        find_runs(head + struct.pack("<I", masked_crc(head)) + b"\0" * 50, "a.tfevents")


def test_a_folder_without_event_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no event file"):
        find_folder(tmp_path)
    (tmp_path / "x.tfevents").write_bytes(b"no such thing")
    found = find_folder(tmp_path)
    assert by_name(found) == {}
    assert "is no event file" in found.notes[0]


def test_the_checksum_is_the_published_one() -> None:
    # RFC 3720, appendix B.4: 32 bytes of zeros have the CRC-32C 8A9136AA.
    crc = 0x8A9136AA
    assert masked_crc(b"\0" * 32) == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
