/** A worker as somewhere to put a transport. */
export interface Place {
  /** Consumers that it has, and that are to come. */
  readonly occupied: number;
}

export interface PlacementQuestion<P extends Place> {
  /** Workers that the room is on. */
  readonly own: readonly P[];
  readonly others: readonly P[];
  /** Consumers that the transport will bring. */
  readonly extra: number;
  /** How many a worker should have at most. */
  readonly limit: number;
}

/**
 * The worker for a room's next transport: the emptiest of those that the room is on, as long as one of them has room for
 * it, then the emptiest of the others that has. When all are full the room stays where it is, unless another worker has not
 * half as much: pipes cost something too. Undefined: there are no workers.
 */
export function choosePlace<P extends Place>({
  own,
  others,
  extra,
  limit,
}: PlacementQuestion<P>): P | undefined {
  // Somewhere must be the place for what is larger than the limit by itself.
  const fits = ({ occupied }: Place) => occupied === 0 || occupied + extra <= limit;
  const roomy = emptiest(own.filter(fits)) ?? emptiest(others.filter(fits));
  if (roomy) return roomy;
  const [here, there] = [emptiest(own), emptiest(others)];
  return here && there && there.occupied * 2 >= here.occupied ? here : (there ?? here);
}

function emptiest<P extends Place>(places: readonly P[]): P | undefined {
  return places.reduce<P | undefined>(
    (best, place) => (!best || place.occupied < best.occupied ? place : best),
    undefined,
  );
}
