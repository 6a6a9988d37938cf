import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { playTime } from "../formats";
import { strings } from "../strings";
import { Icon } from "./icons";

const RATES = [1, 1.5, 2] as const;

/** Plays a recording; the position is a slider, so arrow keys seek. */
export function AudioPlayer({ url, voice }: { url: string | undefined; voice: boolean }): JSX.Element {
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(0);
  const [rate, setRate] = useState<number>(1);

  const toggle = (): void => {
    if (playing) audio.current!.pause();
    else void audio.current!.play();
  };
  const faster = (): void => {
    const next = RATES[(RATES.indexOf(rate as 1) + 1) % RATES.length]!;
    audio.current!.playbackRate = next;
    setRate(next);
  };

  return (
    <div class="audio" role="group" aria-label={voice ? strings.kinds.voice : strings.kinds.audio}>
      <audio
        ref={audio}
        src={url}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onDurationChange={(event) => setLength(finite(event.currentTarget.duration))}
      />
      <button class="audio-play" type="button" disabled={!url} aria-label={playing ? strings.media.pause : strings.media.play} onClick={toggle}>
        <Icon name={playing ? "pause" : "play"} size={18} />
      </button>
      <input
        class="audio-seek"
        type="range"
        aria-label={strings.media.seek}
        aria-valuetext={playTime(at)}
        min={0}
        max={length || 1}
        step={1}
        value={at}
        disabled={!url}
        onInput={(event) => (audio.current!.currentTime = Number(event.currentTarget.value))}
      />
      <span class="number quiet">{playTime(playing || at > 0 ? at : length)}</span>
      <button class="audio-rate number" type="button" disabled={!url} aria-label={strings.media.speed(`${rate}×`)} onClick={faster}>
        {`${rate}×`}
      </button>
    </div>
  );
}

/** Recordings made in a browser have no length in their head and report infinity until played. */
function finite(seconds: number): number {
  return Number.isFinite(seconds) ? seconds : 0;
}
