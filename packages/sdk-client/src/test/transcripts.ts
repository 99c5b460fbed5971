/* Golden transcripts of the native protocol: what servers of version 1 send. They are only ever added to. */

export interface Frame {
  readonly response?: true;
  readonly notification?: true;
  readonly request?: true;
  readonly id?: number;
  readonly ok?: boolean;
  readonly method?: string;
  readonly data?: Record<string, unknown>;
}

export interface Step {
  readonly client?: string;
  readonly connects?: { peerId: string };
  readonly sends?: Frame;
  readonly receives?: Frame;
  readonly closed?: [code: number, reason: string];
}

export interface Transcript {
  readonly name: string;
  readonly steps: readonly Step[];
}

declare global {
  interface ImportMeta {
    /** Vite's, which runs the tests: this package has no Node types, as it never runs there. */
    glob<T>(pattern: string, options: { eager: true; import: 'default' }): Record<string, T>;
  }
}

const files = import.meta.glob<Transcript>('../../../protocol/fixtures/protoo/v1/*.json', {
  eager: true,
  import: 'default',
});

export const transcripts: readonly Transcript[] = Object.values(files);

/** What one client receives of one stay: the answer to its join, and everything until it goes or joins again. */
export interface Stay {
  readonly title: string;
  readonly peerId: string;
  readonly answer: Record<string, unknown>;
  readonly notifications: readonly Frame[];
  readonly closed: Step['closed'];
}

function stayOf(transcript: Transcript, client: string): Stay | undefined {
  const steps = transcript.steps.filter((step) => step.client === client);
  const isJoin = (id: number | undefined) =>
    steps.some(({ sends }) => sends?.method === 'joinRoom' && sends.id === id);
  const joined = steps.findIndex(({ receives }) => receives?.response && receives.ok && isJoin(receives.id));
  const answer = steps[joined]?.receives?.data;
  if (!answer) return undefined;
  const rest = steps.slice(joined + 1);
  const end = rest.findIndex(({ sends }) => sends?.method === 'leave' || sends?.method === 'joinRoom');
  const stay = end < 0 ? rest : rest.slice(0, end);
  return {
    title: `${transcript.name}: ${client}`,
    peerId: String(answer['peerId']),
    answer,
    notifications: stay.flatMap(({ receives }) => (receives?.notification ? [receives] : [])),
    closed: stay.find(({ closed }) => closed)?.closed,
  };
}

export const stays: readonly Stay[] = transcripts.flatMap((transcript) => {
  const clients = new Set(
    transcript.steps.map(({ client }) => client).filter((client) => client !== undefined),
  );
  return [...clients].map((client) => stayOf(transcript, client)).filter((stay) => stay !== undefined);
});
