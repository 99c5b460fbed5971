import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../ui/Icon.js';
import { IconButton } from '../ui/IconButton.js';
import { Causes } from './Causes.js';
import { Effects } from './Effects.js';
import type { FaultKit } from './FaultKit.js';
import type { VideoWatch } from './VideoWatch.js';

interface FaultPanelProps {
  readonly kit: FaultKit;
  readonly watch: VideoWatch;
}

/** Too low for page and panel at once: a phone on its side. */
const LOW = '(max-height: 500px)';

/** Beside the page on a wide window, below it on a phone: what is broken there stays in view. */
export const FaultPanel = ({ kit, watch }: FaultPanelProps): JSX.Element => {
  const open = useSignal(!matchMedia(LOW).matches);
  const toggle = useRef<HTMLButtonElement>(null);
  const toggled = useRef(false);
  const show = (next: boolean) => {
    toggled.current = true;
    open.value = next;
  };
  // The button that was pressed is gone; the other one takes its place.
  useEffect(() => {
    if (toggled.current) toggle.current?.focus();
  }, [open.value]);
  const active = kit.active.value;
  const count = active === 0 ? 'none set' : `${String(active)} set`;
  if (!open.value) {
    return (
      <aside class="faults is-closed" aria-label="Faults">
        <button
          type="button"
          ref={toggle}
          class={`fault-open ${active > 0 ? 'is-set' : ''}`}
          aria-expanded={false}
          onClick={() => {
            show(true);
          }}
        >
          <Icon name="alert" size={18} />
          Faults <span class="fault-count">{count}</span>
        </button>
      </aside>
    );
  }
  return (
    <aside
      class="faults"
      aria-labelledby="faults-title"
      onKeyDown={({ key }) => {
        if (key === 'Escape') show(false);
      }}
    >
      <header class="faults-head">
        <h2 id="faults-title">Faults</h2>
        <span class={`fault-count ${active > 0 ? 'is-set' : ''}`} data-testid="fault-count">
          {count}
        </span>
        <span class="spacer" />
        <button
          type="button"
          class="button quiet compact"
          onClick={() => {
            kit.clear();
          }}
        >
          All clear
        </button>
        <IconButton
          icon="close"
          label="Hide faults"
          hint="Hide"
          size="small"
          expanded
          buttonRef={toggle}
          onClick={() => {
            show(false);
          }}
        />
      </header>
      <div class="faults-body">
        <Effects kit={kit} watch={watch} />
        <Causes kit={kit} />
      </div>
    </aside>
  );
};
