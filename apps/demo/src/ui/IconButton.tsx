import type { JSX, Ref } from 'preact';
import { Icon, type IconName } from './Icon.js';

interface IconButtonProps {
  readonly icon: IconName;
  /** Name for screen readers: stays the same while `pressed` changes. */
  readonly label: string;
  /** What a click will do, shown as a tooltip. */
  readonly hint?: string;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly tone?: 'plain' | 'off' | 'active' | 'danger';
  readonly badge?: string | undefined;
  readonly shortcut?: string;
  readonly size?: 'small' | 'large';
  readonly disabled?: boolean;
  readonly buttonRef?: Ref<HTMLButtonElement>;
  readonly onClick: () => void;
}

export const IconButton = (props: IconButtonProps): JSX.Element => {
  const {
    icon,
    label,
    hint = label,
    pressed,
    expanded,
    tone = 'plain',
    badge,
    shortcut,
    size = 'large',
  } = props;
  return (
    <button
      type="button"
      ref={props.buttonRef ?? null}
      class={`icon-button ${size} ${tone}`}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-keyshortcuts={shortcut}
      data-tip={shortcut === undefined ? hint : `${hint} (${shortcut.toUpperCase()})`}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={icon} size={size === 'small' ? 19 : 22} />
      {badge !== undefined && (
        <span class="badge" aria-hidden="true">
          {badge}
        </span>
      )}
    </button>
  );
};
