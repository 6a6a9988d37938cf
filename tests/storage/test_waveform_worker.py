"""Listening to sounds."""

import math
import wave
from array import array
from pathlib import Path

import pytest

from hub.demo.whatsapp import files as samples
from storage import waveform_worker
from storage.waveform_worker import PEAKS, listen


def recorded(path: Path, *loudness: float) -> str:
    """A second of a tone for each loudness from 0 to 1."""
    tone = array("h")
    for part in loudness:
        tone.extend(round(part * 32_000 * math.sin(n / 3)) for n in range(8_000))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes(tone.tobytes())
    return str(path)


def test_peaks_follow_the_loudness(tmp_path: Path) -> None:
    found = listen(recorded(tmp_path / "a.wav", 0.0, 1.0, 0.5, 0.0))
    assert found is not None
    peaks = found["peaks"]
    assert isinstance(peaks, list)
    assert (len(peaks), max(peaks), found["duration"]) == (PEAKS, 100, 4.0)
    assert [peaks[4], peaks[24], peaks[60]] == [0, 100, 0]
    assert 45 <= peaks[40] <= 55


def test_a_silent_voice_note_is_heard(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(samples.voice_note(2.0))
    found = listen(str(tmp_path / "a"))
    assert found is not None
    assert found["peaks"] == [0] * PEAKS
    assert found["duration"] == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("content", [b"", b"no sound", samples.picture(), samples.voice_note()[:60]])
def test_what_is_no_sound_is_not_heard(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert listen(str(tmp_path / "a")) is None


def test_what_is_too_long_is_not_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waveform_worker, "LONGEST", 1)
    assert listen(recorded(tmp_path / "a.wav", 1.0, 1.0)) is None
