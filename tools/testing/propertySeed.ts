import fc from 'fast-check';

/**
 * For property tests: the same examples in every run, so that a change that did no harm is not refused for a fault that
 * was there before. Other examples are tried by `npm run fuzz`, with other seeds.
 */
fc.configureGlobal({ seed: Number(process.env['PARLOR_SEED'] ?? 1) });
