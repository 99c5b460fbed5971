import { ParlorError } from '../../errors.js';
import type { DriverContext, DriverFactory, MediaDriver } from '../MediaDriver.js';

/** A driver, and how to keep it from asking the server for anything more. */
export interface Carrier {
  readonly driver: MediaDriver;
  readonly silence: () => void;
}

/** @throws ParlorError `BROWSER_UNSUPPORTED` */
export function createCarrier(create: DriverFactory, context: DriverContext): Carrier {
  let isSilent = false;
  const driver = create({
    ...context,
    request: (method, data) =>
      isSilent
        ? Promise.reject(new ParlorError('PATH_GONE', 'The room has another media path now.'))
        : context.request(method, data),
  });
  return {
    driver,
    silence: () => {
      isSilent = true;
    },
  };
}
