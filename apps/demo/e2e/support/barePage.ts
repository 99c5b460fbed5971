/** A page without the demo: the public client API on `window.sdk`, bundled from here. */
export * from '@parlor/sdk-client';
