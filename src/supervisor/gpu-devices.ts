/** The GPUs of the machine, as nvidia-smi lists them; none where that is not there. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Milliseconds: the driver may have to wake the devices. */
const PATIENCE = 10_000;
const QUERY = ['--query-gpu=index,uuid', '--format=csv,noheader'];

interface Device {
  index: string;
  uuid: string;
}

/** Their numbers in the order of the PCI bus. Where this process is shown only some, only those, in the order given. */
export async function readDevices(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const devices = await listDevices(environment);
  const shown = environment['CUDA_VISIBLE_DEVICES'];
  if (shown === undefined) return devices.map(({ index }) => index);
  const names = shown.split(',').map((name) => name.trim());
  return names.flatMap((name) => {
    const found = devices.find(
      ({ index, uuid }) => name === index || (name.startsWith('GPU-') && uuid.startsWith(name)),
    );
    return found ? [found.index] : [];
  });
}

async function listDevices(environment: NodeJS.ProcessEnv): Promise<Device[]> {
  const options = { env: environment, timeout: PATIENCE, windowsHide: true };
  const { stdout } = await promisify(execFile)('nvidia-smi', QUERY, options).catch(() => ({ stdout: '' }));
  return stdout.split('\n').flatMap((line) => {
    const [index = '', uuid = ''] = line.split(',').map((field) => field.trim());
    return /^\d+$/.test(index) ? [{ index, uuid }] : [];
  });
}
