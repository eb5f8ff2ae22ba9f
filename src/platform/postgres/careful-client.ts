import pg from 'pg';
import { TielineError } from '../errors/index.ts';

/** The parts of pg's client that decide how a password is sent; its type declarations leave them out. */
interface Handshake {
  readonly connection: {
    readonly stream: { readonly encrypted?: boolean };
    emit(event: 'error', error: Error): boolean;
  };
  readonly host: string;
  _handleAuthCleartextPassword(message: unknown): void;
}

/**
 * A client that never sends its password where others could read it: a server that asks for it in clear is refused, unless the
 * connection is encrypted or a socket of this machine. pg itself answers whoever asks, also one who took the place of a server that is
 * down.
 */
export class CarefulClient extends pg.Client {
  /** Called by pg. */
  _handleAuthCleartextPassword(message: unknown): void {
    const { connection, host } = this as unknown as Handshake; // fields of pg's own class
    if (connection.stream.encrypted === true || host.startsWith('/')) {
      const parent = pg.Client.prototype as unknown as Handshake;
      parent._handleAuthCleartextPassword.call(this, message);
      return;
    }
    connection.emit(
      'error',
      new TielineError(
        'DATABASE_UNSUITABLE',
        'The server asks for the password in clear over a connection that is not encrypted; the password was not sent.',
        {
          remedy:
            'Let pg_hba.conf ask for scram-sha-256, or encrypt the connection (sslmode=verify-full in DATABASE_URL). If nothing was changed there, find out what answers at this address.',
        },
      ),
    );
  }
}
