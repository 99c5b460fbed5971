import type { Page } from '@playwright/test';

/** One frame of the native protocol, as the browser saw it. */
export interface Frame {
  readonly direction: 'sent' | 'received';
  readonly id?: number;
  readonly method?: string;
  readonly request?: boolean;
  readonly response?: boolean;
  readonly notification?: boolean;
  readonly data?: Record<string, unknown>;
}

/** Records what goes over the page's sockets from now on. */
export function framesOf(page: Page): readonly Frame[] {
  const frames: Frame[] = [];
  const record = (direction: Frame['direction'], payload: string | Buffer) => {
    frames.push({ ...(JSON.parse(payload.toString()) as Omit<Frame, 'direction'>), direction });
  };
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      record('sent', payload);
    });
    socket.on('framereceived', ({ payload }) => {
      record('received', payload);
    });
  });
  return frames;
}

/** The session descriptions that the page has sent: of what kind and to whom. */
export const descriptionsOf = (frames: readonly Frame[]): { type: string; to: string }[] =>
  frames
    .filter(({ direction, method }) => direction === 'sent' && method === 'signal')
    .flatMap(({ data }) => {
      const description = data?.['description'] as { type: string } | undefined;
      return description ? [{ type: description.type, to: String(data?.['to']) }] : [];
    });

/** The methods of the requests that the page has sent from now on, in order. */
export function requestsOf(page: Page): () => string[] {
  const frames = framesOf(page);
  return () =>
    frames
      .filter(({ direction, request }) => direction === 'sent' && request === true)
      .map(({ method }) => String(method));
}
