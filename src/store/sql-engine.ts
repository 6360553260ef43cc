/** Loads sql.js. Its WebAssembly file lies beside the bundle, and in node_modules when the sources run as they are. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import initSqlJs, { type SqlJsStatic } from 'sql.js';

function wasmPath(): string {
  const beside = fileURLToPath(new URL('./sql-wasm.wasm', import.meta.url));
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
}

/**
 * sql.js is CommonJS and asks for `__dirname`, which an ES module bundle does not have. The value is not used, because the
 * WebAssembly is handed over.
 */
function provideDirname(): void {
  (globalThis as { __dirname?: string }).__dirname ??= import.meta.dirname;
}

export async function loadSqlEngine(): Promise<SqlJsStatic> {
  provideDirname();
  const wasmBinary = readFileSync(wasmPath());
  const options = {
    wasmBinary: wasmBinary.buffer.slice(wasmBinary.byteOffset, wasmBinary.byteOffset + wasmBinary.byteLength),
    // SQLite's own functions, not the replacements that sql.js once added.
    useOldExtensionFunctions: false,
  };
  return await initSqlJs(options as Parameters<typeof initSqlJs>[0]);
}
