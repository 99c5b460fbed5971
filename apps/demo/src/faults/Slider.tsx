import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

interface SliderProps {
  readonly label: string;
  readonly unit: '%' | 'ms';
  readonly max: number;
  readonly step: number;
  readonly value: number;
  readonly disabled?: boolean;
  /** While it moves. */
  readonly onMove: (value: number) => void;
  /** When it was let go. */
  readonly onSet: (value: number) => void;
}

export const Slider = ({ label, unit, value, onMove, onSet, ...range }: SliderProps): JSX.Element => {
  const id = useId();
  const text = `${String(value)} ${unit}`;
  return (
    <div class={`fault-slider ${value > 0 ? 'is-set' : ''}`}>
      <label for={id}>{label}</label>
      <span class="fault-value" aria-hidden="true">
        {text}
      </span>
      <input
        id={id}
        type="range"
        min={0}
        {...range}
        value={value}
        aria-valuetext={text}
        style={{ '--filled': `${String((value / range.max) * 100)}%` }}
        onInput={({ currentTarget }) => {
          onMove(currentTarget.valueAsNumber);
        }}
        onChange={({ currentTarget }) => {
          onSet(currentTarget.valueAsNumber);
        }}
      />
    </div>
  );
};
