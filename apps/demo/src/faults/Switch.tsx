import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

interface SwitchProps {
  readonly label: string;
  readonly hint: string;
  readonly on: boolean;
  readonly disabled?: boolean;
  readonly onToggle: (on: boolean) => void;
}

export const Switch = ({ label, hint, on, disabled = false, onToggle }: SwitchProps): JSX.Element => {
  const id = useId();
  return (
    <button
      type="button"
      role="switch"
      class="fault-switch"
      aria-checked={on}
      aria-labelledby={`${id}-label`}
      aria-describedby={`${id}-hint`}
      disabled={disabled}
      onClick={() => {
        onToggle(!on);
      }}
    >
      <span>
        <span id={`${id}-label`} class="fault-switch-label">
          {label}
        </span>
        <span id={`${id}-hint`} class="fault-hint">
          {hint}
        </span>
      </span>
      <span class="fault-knob" aria-hidden="true" />
    </button>
  );
};
