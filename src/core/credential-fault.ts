// Why a credential does not count; by itself, since the pages in the browser know the words too.

/** Why a credential that was presented does not count. The client is never told which [GW-12]. */
export type CredentialFault =
  | 'malformed'
  | 'unknown'
  | 'expired'
  | 'disabled'
  | 'owner-inactive'
  | 'unlicensed'
  /** A password that was not looked at, because too many were wrong before: the one that the client is told of [DIR-6]. */
  | 'denied';
