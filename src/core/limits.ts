// Every bound in one place, each with its unit and its reason [GW-52].

export const LIMITS = {
  /** Bytes. Node's parser answers 431 past it; Tomcat's own default is 8 KiB, so nothing that Jira takes is lost. */
  headerBytesMax: 16_384,
  /** Header fields. Node's default, kept explicit: one look-up each on the way out. */
  headerCountMax: 100,
  /** Bytes of the request target. Tomcat's default for the whole head is 8 KiB. */
  targetBytesMax: 8_192,
  /** Bytes of the path for a token with rules, so that a decision stays short [EXT-17]. */
  judgedPathBytesMax: 2_048,
  /** Bytes of the Authorization header: the longest token is 255, the longest name the same, base64 adds a third [GW-10]. */
  authorizationBytesMax: 4_096,
  /** Characters of an X-Request-Id taken over from a trusted proxy. */
  requestIdLengthMax: 128,
  /** Characters of a user agent kept in a record. */
  userAgentLengthMax: 512,
  /** Milliseconds for the complete request head. */
  headersTimeoutMs: 20_000,
  /** Milliseconds a connection may stay idle between requests. */
  keepAliveTimeoutMs: 75_000,
  /** Milliseconds without a byte in either direction within a request. */
  clientIdleTimeoutMs: 120_000,
  /** Open client connections; past it new ones are closed. */
  connectionsMax: 4_000,
  /** Bytes of a JSON body that Postern's own resources read. */
  restBodyBytesMax: 1_048_576,
  /** Bytes of a body that is buffered because a rule needs it; 413 past it [EXT-15]. */
  judgedBodyBytesMax: 1_048_576,
  /** Milliseconds a body that is buffered may take to arrive. */
  bodyTimeoutMs: 30_000,
  /** Characters of one rule [EXT-17]. */
  ruleLengthMax: 2_000,
  /** Rules of one token [EXT-17]. */
  rulesPerTokenMax: 200,
  /** The bound of a counted repeat, and of the product of nested ones [EXT-17]. */
  ruleRepeatMax: 250,
  /** Compiled instructions of one rule [EXT-17]. */
  ruleProgramMax: 1_000,
  /** Compiled instructions of all rules of a token [EXT-17]. */
  tokenProgramMax: 5_000,
  /** Entries in a token's address list. */
  addressesPerTokenMax: 200,
  /** Tokens one user may have in one system: a runaway script is stopped, a page of 1,000 three times over is not. */
  tokensPerUserMax: 5_000,
  /** Credentials remembered as accepted. One holds about 1 KB. */
  credentialCacheMax: 50_000,
  /** Milliseconds an accepted credential is remembered; revocation does not wait for it. */
  credentialCacheTtlMs: 60_000,
  /** Unknown credentials remembered, so that a loop of one wrong token asks the database once. */
  credentialMissesMax: 10_000,
  /** Milliseconds an unknown credential is remembered; making any token forgets them all. */
  credentialMissTtlMs: 5_000,
  /** Password checks at work at once; more wait in line. libuv has four threads, and files need one. */
  passwordChecksMax: 3,
  /** Password checks that may wait; past it 503. */
  passwordChecksQueueMax: 200,
  /** Milliseconds the required audit sink may take [AUD-2]. */
  auditTimeoutMs: 2_000,
  /** Bytes of audit entries waiting for the disk; past it 503. */
  auditQueueBytesMax: 16_777_216,
  /** Bytes of one spool segment before the next is begun. */
  spoolSegmentBytesMax: 67_108_864,
  /** Distinct (peer, code) pairs counted within a second for requests that normalise refused; past it one row holds the rest [AUD-1]. */
  refusalRowsMax: 1_000,
  /** Milliseconds between two flushes of counters to the database. */
  usageFlushMs: 1_000,
  /** Connections to one upstream. */
  upstreamConnectionsMax: 512,
  /** Requests waiting for an upstream connection; past it 503. */
  upstreamQueueMax: 4_000,
  /** Milliseconds to connect to an upstream. */
  upstreamConnectTimeoutMs: 5_000,
  /** Milliseconds to the first byte of an answer: Jira's slow reports take a minute. */
  upstreamHeadersTimeoutMs: 120_000,
  /** Milliseconds without a byte from the upstream within an answer. */
  upstreamBodyTimeoutMs: 120_000,
  /** Milliseconds an idle upstream connection is kept; below Tomcat's 20 s, so that it is us who close it. */
  upstreamKeepAliveMs: 15_000,
  /** Milliseconds after SIGTERM for what runs to be finished. */
  drainTimeoutMs: 30_000,
} as const;
