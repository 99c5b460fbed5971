import type { MediaDriver } from '../drivers/MediaDriver.js';
import type { Logger } from '../logger.js';
import type { Participant } from '../types.js';
import type { LocalParticipant } from './LocalParticipant.js';
import type { RemoteParticipants } from './RemoteParticipants.js';

interface Followers {
  readonly remotes: RemoteParticipants;
  readonly local: LocalParticipant;
  readonly quality: (changed: boolean, participant: Participant) => void;
  readonly logger: Logger;
}

/** Brings what a driver tells to whom it concerns. A driver that is closed tells nothing any more. */
export function followDriver(driver: MediaDriver, { remotes, local, quality, logger }: Followers): void {
  driver
    .on('trackReplaced', (producerId, media) => {
      remotes.replaceMedia(producerId, media);
    })
    .on('trackLost', (producerId) => {
      remotes.mediaLost(producerId);
    })
    .on('held', (producerId, reason) => {
      const owner = remotes.held(producerId, reason);
      // What is held says nothing about the network.
      if (owner) quality(owner.setScore(producerId, undefined), owner);
    })
    .on('publicationLost', (producerId) => {
      local.publicationLost(producerId);
    })
    .on('peerUnreachable', (peerId, error) => {
      remotes.unreachable(peerId, error);
    })
    .on('peerReachable', (peerId) => {
      remotes.unreachable(peerId, undefined);
    })
    .on('repair', (repair, peerId) => {
      remotes.repair(repair, peerId);
    })
    .on('score', (producerId, score, own) => {
      const participant = own ? local : remotes.ownerOf(producerId);
      const publication = own ? local.publicationOf(producerId) : remotes.publicationOf(producerId);
      // A muted stream sends nothing, which says nothing about the network.
      const worth = publication && !publication.isMuted ? score : undefined;
      if (participant) quality(participant.setScore(producerId, worth), participant);
    })
    .on('error', (error) => {
      logger.warn('media', error.code, error.message);
    });
}
