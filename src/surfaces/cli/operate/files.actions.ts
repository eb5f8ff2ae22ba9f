/** `files check`. */
import { TielineError } from '../../../platform/errors/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { counted } from '../kit/table.ts';
import { bytesText } from './bytes.ts';

export async function checkFiles(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const { store, ...checked } = await context.host.withApp(flags, async (app) => {
    if (!app.files) throw new TielineError('INTERNAL', 'This build of Tieline keeps no files.');
    return { store: await app.files.store.confirm(), ...(await app.files.store.check()) };
  });
  if (flags.json) context.printJson('filesChecked', { store, ...checked });
  else {
    context.print(
      `${counted(checked.files, 'file')}, ${bytesText(checked.bytes)}, kept in ${store === 'folder' ? 'the folder of TIELINE_FILES' : 'the database'}.`,
    );
    for (const { sha256, fault } of checked.faults) context.print(`${sha256}  ${fault}`);
  }
  if (checked.faults.length > 0)
    throw new TielineError(
      'FILE_DAMAGED',
      `${counted(checked.faults.length, 'file')} of ${checked.files} cannot be handed out.`,
    );
}
