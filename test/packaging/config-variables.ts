import { configVariables as withFiles } from '../setup/config.ts';

/** The variables that the gateway knows, without their `_FILE` twins. */
export const configVariables = withFiles.filter(name => !name.endsWith('_FILE'));

/** Those of them that may also come as `NAME_FILE`. */
export const secretVariables = configVariables.filter(name => withFiles.includes(`${name}_FILE`));
