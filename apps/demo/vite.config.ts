import { defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the page works under any path of any server.
  base: './',
  resolve: { conditions: ['@parlor/source', 'module', 'browser', 'development|production'] },
  build: { target: 'es2022' },
  server: {
    proxy: {
      '/ws': { target: 'http://127.0.0.1:3000', ws: true },
      '/calls': { target: 'http://127.0.0.1:3000', ws: true },
    },
  },
});
