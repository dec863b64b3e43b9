"""The recorded files are what the script writes, and the script notices what has changed."""

import copy
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import record_truth
from torch_truth import pooling

TRUTH = record_truth.read()
MANIFEST = json.loads((record_truth.FOLDER / record_truth.MANIFEST).read_text(encoding="utf-8"))


def with_results_of(truth, inputs):
    """The inputs, with the results that are recorded for them."""
    return {
        notebook: {
            name: {**case, "results": truth[notebook][name]["results"]}
            for name, case in cases.items()
        }
        for notebook, cases in inputs.items()
    }


def test_the_seed_makes_the_recorded_inputs_and_manifest_byte_for_byte():
    made = with_results_of(TRUTH, record_truth.make_inputs())
    texts = record_truth.files(made, MANIFEST["versions"])
    recorded = {path.name: path.read_bytes() for path in record_truth.FOLDER.iterdir()}
    assert recorded == {name: text.encode() for name, text in texts.items()}


def test_the_manifest_names_what_recorded_and_what_was_recorded():
    assert MANIFEST["versions"].keys() == {"torch", "numpy"}
    assert MANIFEST["dtype"] == "float64"
    assert isinstance(MANIFEST["seed"], int)
    assert MANIFEST["notebooks"].keys() == TRUTH.keys()
    for notebook, entry in MANIFEST["notebooks"].items():
        content = (record_truth.FOLDER / f"{notebook}.json").read_bytes()
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert list(entry["cases"]) == list(TRUTH[notebook])


def test_the_files_are_small():
    for path in record_truth.FOLDER.iterdir():
        assert path.stat().st_size < 200_000, path.name


def test_one_case_more_leaves_the_inputs_of_the_others_as_they_are(monkeypatch):
    before = record_truth.make_inputs()["03_pooling"]
    first = pooling.Size("one more", (1, 2, 3, 4), (2, 2))
    monkeypatch.setattr(pooling, "GRID", (first, *pooling.GRID))
    after = record_truth.make_inputs()["03_pooling"]
    assert after.pop("one more")
    assert record_truth.to_text(_answered(after)) == record_truth.to_text(_answered(before))


def _answered(cases):
    return {name: {**case, "results": {}} for name, case in cases.items()}


def test_reading_is_the_inverse_of_writing():
    for notebook, cases in TRUTH.items():
        text = (record_truth.FOLDER / f"{notebook}.json").read_text(encoding="utf-8")
        assert record_truth.to_text(cases) == text


@pytest.fixture
def changed():
    return copy.deepcopy(TRUTH)


def test_what_is_as_recorded_does_not_differ(changed):
    assert record_truth.differences(TRUTH, changed) == []


def test_the_last_bit_of_an_average_may_differ(changed):
    average = changed["03_pooling"]["overlap"]["results"]["avg_pool"]["dx"]
    average *= 1 + 2.0**-52
    assert record_truth.differences(TRUTH, changed) == []
    average *= 1 + 1e-11
    assert record_truth.differences(TRUTH, changed) == ["03_pooling, overlap, avg_pool dx: differs"]


def test_a_changed_input_result_or_parameter_is_told(changed):
    changed["02_convolution"]["one row"]["inputs"]["x"][0, 0, 0, 0] += 1
    changed["02_convolution"]["one row"]["results"]["conv"]["dw"][0, 0, 0, 0] += 1e-9
    changed["03_pooling"]["usual"]["parameters"]["stride"] = 3
    assert record_truth.differences(TRUTH, changed) == [
        "02_convolution, one row, conv dw: differs",
        "02_convolution, one row, inputs x: differs",
        "03_pooling, usual, stride: differs",
    ]


def test_a_missing_case_is_told(changed):
    found = record_truth.differences(TRUTH, {**changed, "02_convolution": {}})
    assert "02_convolution, gaps, conv dx: only recorded" in found
    assert all(line.endswith(": only recorded") for line in found)
    assert "02_convolution, gaps, conv dx: only fresh" in record_truth.differences(
        {**changed, "02_convolution": {}}, TRUTH
    )


def test_a_result_that_is_no_number_is_told(changed):
    changed["03_pooling"]["overlap"]["results"]["avg_pool"]["out"][0, 0, 0, 0] = float("nan")
    assert record_truth.differences(TRUTH, changed) == [
        "03_pooling, overlap, avg_pool out: differs"
    ]


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_without_torch_the_script_says_what_it_needs_and_writes_nothing(arguments):
    before = [path.stat().st_mtime_ns for path in sorted(record_truth.FOLDER.iterdir())]
    script = Path(record_truth.__file__)
    run = (
        "import runpy, sys; sys.modules['torch'] = None; "
        f"sys.path.insert(0, {str(script.parent)!r}); sys.argv[1:] = {arguments!r}; "
        f"runpy.run_path({str(script)!r}, run_name='__main__')"
    )
    ended = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert "torch is not installed" in ended.stderr
    assert before == [path.stat().st_mtime_ns for path in sorted(record_truth.FOLDER.iterdir())]
