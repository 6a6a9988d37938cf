"""A process of its own that listens to one sound and ends: `python -m storage.waveform_worker FILE`.

Decoders are large and meet what strangers send; what one of them does to its memory stays here. Writes what
`storage.waveform` reads: JSON, null for what is no sound that it knows, or is too long.
"""

import json
import resource
import sys
from array import array

import av

PEAKS = 64
LONGEST = 30 * 60
"""Seconds of a sound; a longer one has no peaks."""

MEMORY = 1 << 30
RATE = 8_000
"""Samples per second that are looked at: enough to see where somebody speaks."""

BLOCK = RATE // 50
"""Samples of which the loudest is kept."""


def listen(path: str) -> dict[str, object] | None:
    """The loudest moments of equal parts from 0 to 100, and the length in seconds; None for what cannot be heard."""
    blocks, count = array("H"), 0
    try:
        with av.open(path) as sound:
            if not sound.streams.audio:
                return None
            to = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in sound.decode(audio=0):
                for part in to.resample(frame):
                    samples = array("h", bytes(part.planes[0])[: part.samples * 2])
                    count += len(samples)
                    blocks.extend(loudest(samples))
                if count > LONGEST * RATE:
                    return None
    except (av.FFmpegError, ValueError):
        return None
    return {"peaks": peaks(blocks), "duration": round(count / RATE, 2)} if count else None


def loudest(samples: "array[int]") -> list[int]:
    """Of each block of samples the loudest."""
    return [
        max(-min(samples[start : start + BLOCK]), max(samples[start : start + BLOCK]), 0)
        for start in range(0, len(samples), BLOCK)
    ]


def peaks(blocks: "array[int]") -> list[int]:
    """The blocks in `PEAKS` parts, the loudest of all as 100; silence is 0 throughout."""
    top, count = max(blocks), len(blocks)
    parts = [blocks[n * count // PEAKS : max((n + 1) * count // PEAKS, n * count // PEAKS + 1)] for n in range(PEAKS)]
    return [round(100 * max(part) / top) if top else 0 for part in parts]


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stdout.write(json.dumps(listen(sys.argv[1])))
