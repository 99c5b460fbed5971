import { startScript, type Script } from './scripts.js';

const start = (endpoint: string, role: string): Script =>
  startScript(process.env['PARLOR_GSTREAMER'] ?? '/usr/bin/python3', 'gstreamer.py', [endpoint, role]);

/** GStreamer, publishing by WHIP to `endpoint`. When it is stopped it ends its session first. */
export const startEncoder = (endpoint: string, codec: 'vp8' | 'h264'): Script => start(endpoint, codec);

/** GStreamer, watching by WHEP. Says `frames 10`, `loud 10` and so on. */
export const startPlayer = (endpoint: string): Script => start(endpoint, 'watch');
