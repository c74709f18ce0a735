// The part of `pg` and `pg-pool` that the store calls: the package brings no types.

export interface PgStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Prepared once for each connection under this name; left out: prepared anew each time. */
  readonly name?: string;
}

/** One connection. */
export interface PgClient {
  on(event: 'error', listener: (error: Error) => void): this;
  query(statement: PgStatement | string, ...rest: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** One that was taken from a pool. */
export interface PooledPgClient extends PgClient {
  /** `true`: it is not to be used again. */
  release(isBroken?: boolean): void;
}

export interface PgPool {
  connect(): Promise<PooledPgClient>;
  on(event: 'error', listener: (error: Error) => void): this;
  end(): Promise<void>;
}

export interface PgModule {
  readonly Pool: new (options: object) => PgPool;
  readonly Client: new (options: object) => PgClient;
  readonly types: PgTypes;
}

/** How a value is read from the text the server sends; `oid` is the type's number in `pg_type`. */
export interface PgTypes {
  getTypeParser(oid: number, format?: string): (text: string) => unknown;
}
