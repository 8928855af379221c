import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'

/** Gzip twins beside the built files, so that the server never packs on the fly. */
const gzipTwins = {
  name: 'gzip-twins',
  closeBundle() {
    const walk = (folder: string): void => {
      for (const name of readdirSync(folder)) {
        const file = path.join(folder, name)
        if (statSync(file).isDirectory()) walk(file)
        else if (/\.(js|mjs|css|html|json|svg)$/.test(name)) writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }))
      }
    }
    walk('dist')
  },
}

export default defineConfig({
  plugins: [vue(), Components({ resolvers: [ElementPlusResolver()], dts: false }), gzipTwins],
  resolve: { alias: { '@': path.resolve(import.meta.dirname, 'src') } },
  worker: { format: 'es' },
  build: { target: 'es2022', chunkSizeWarningLimit: 1500 },
  server: { proxy: { '/api': 'http://127.0.0.1:8440', '/tiles': 'http://127.0.0.1:8440', '/basemap': 'http://127.0.0.1:8440' } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
})
