// Every bound in one place, each with its unit and its reason [GW-52].

export const LIMITS = {
  /** Bytes. Node's parser answers 431 past it; Tomcat's own default is 8 KiB, so nothing that Jira takes is lost. */
  headerBytesMax: 16_384,
  /** Header fields. Node's default, kept explicit: one look-up each on the way out. */
  headerCountMax: 100,
  /** Header names whose comparable form is remembered: some hundred are in use … */
  foldedNamesMax: 1_000,
  /** … and none is longer. Characters. */
  foldedNameLengthMax: 64,
  /** Addresses in text whose plain form is remembered: those of the clients that come most. */
  plainAddressesMax: 10_000,
  /** Bytes of the request target. Tomcat's default for the whole head is 8 KiB. */
  targetBytesMax: 8_192,
  /** Ways to read one target that passes as it came, path parameters and repeated escapes in any order; one with more is refused [GW-8]. */
  pathReadingsMax: 32,
  /** Milliseconds between two lines of the log that tell how much has passed outside `/rest/*` [GW-8]. */
  passTallyMs: 60_000,
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
  /** Milliseconds between two looks for connections whose head is late. */
  connectionsCheckingIntervalMs: 2_000,
  /** Milliseconds a connection may stay idle between requests. */
  keepAliveTimeoutMs: 75_000,
  /** Milliseconds without a byte in either direction within a request: more than the upstream may take to begin. */
  clientIdleTimeoutMs: 150_000,
  /** Milliseconds that a client may be silent beyond what the upstream may be, by setting: so that the 504 still reaches it. */
  clientIdleMarginMs: 10_000,
  /** Characters of pieces written together that are joined to one: below libuv's and Node's 16 KiB for what is written without a copy of its own. */
  joinedWriteMax: 12_288,
  /** Bytes of a head that is read without node:http: half of what that takes, so that the two never differ about the bound. */
  plainHeadBytesMax: 8_192,
  /** Milliseconds between two looks at the connections that node:http does not watch. */
  plainSweepMs: 1_000,
  /** Connections that the system completes before they are taken, if its own bound lets it: with Node's 511 a burst loses SYNs, which come again after a second. */
  listenBacklog: 4_000,
  /** Open client connections; past it new ones are closed. */
  connectionsMax: 4_000,
  /** Requests of one connection that wait for the answers before theirs; past it the connection is cut. Few clients send two. */
  pipelinedRequestsMax: 100,
  /** Milliseconds a command waits for a running server's answer. */
  commandTimeoutMs: 30_000,
  /** Bytes of a JSON body that Postern's own resources read. */
  restBodyBytesMax: 1_048_576,
  /** Bytes of a body that are read and thrown away after an early answer, so that the client sees it; past it the connection is cut. */
  discardedBodyBytesMax: 67_108_864,
  /** Bytes of a body that is buffered because a rule needs it; 413 past it [EXT-15]. */
  judgedBodyBytesMax: 1_048_576,
  /** Bodies that are buffered because a rule needs them, at once: 128 MiB of them at most; past it 503 [EXT-15]. */
  judgedBodiesMax: 128,
  /** Milliseconds a body that is buffered may take to arrive. */
  bodyTimeoutMs: 30_000,
  /** Characters of one rule [EXT-17]. */
  ruleLengthMax: 2_000,
  /** Rules of one token [EXT-17]. */
  rulesPerTokenMax: 200,
  /** The bound of a counted repeat, and of the product of nested ones [EXT-17]. */
  ruleRepeatMax: 250,
  /** Groups inside one another in a rule: reading them takes stack. */
  ruleNestingMax: 100,
  /** Compiled instructions of one rule [EXT-17]. */
  ruleProgramMax: 1_000,
  /** Compiled instructions of all rules of a token [EXT-17]. */
  tokenProgramMax: 5_000,
  /** Bytes of automaton states the engine may keep for one token's rules; past it they are dropped and made anew. 20 usual rules need 0.2 MB. */
  ruleStatesBytesMax: 1_048_576,
  /** Bytes all compiled rules may hold at worst: 200 tokens with 20 rules each, or 2,000 with two; past it the least used are compiled anew when asked. */
  compiledRulesBytesMax: 268_435_456,
  /** Characters of a query or JSON value that a pattern is tried on; a longer one fails the condition [EXT-15]. */
  judgedValueLengthMax: 4_096,
  /** Levels of nesting in a JSON body that a rule looks into [EXT-15]. */
  judgedJsonDepthMax: 100,
  /** Bundles of limits a token takes over from those it was made with: each is asked on every request [GW-26]. */
  inheritedLimitsMax: 16,
  /** Entries in a token's address list. */
  addressesPerTokenMax: 200,
  /** Hashes of one token system at work at once: they share libuv's four threads with passwords and files. */
  tokenHashesMax: 1,
  /** Hashes of tokens that may wait, about 5 ms each; past it 503 [PAT-3]. */
  tokenHashesQueueMax: 500,
  /** Hashes that wrong values for one token id may cost within `tokenFailuresMs`; past it 503 for values that were not right before [PAT-3]. */
  tokenFailuresMax: 10,
  /** Milliseconds after which the wrong values for one token id are forgotten. */
  tokenFailuresMs: 60_000,
  /** Token ids whose wrong values are counted. */
  tokenFailureIdsMax: 10_000,
  /** Tokens that a job works on in one go. */
  jobPageMax: 100,
  /** Tokens one user may have in one system: a runaway script is stopped, a page of 1,000 three times over is not. */
  tokensPerUserMax: 5_000,
  /** Credentials remembered as accepted. One holds about 1 KB. */
  credentialCacheMax: 50_000,
  /** Milliseconds an accepted credential is remembered; revocation does not wait for it. */
  credentialCacheTtlMs: 60_000,
  /** Milliseconds between two questions whether the database answers: what is remembered is believed while it did lately [GW-50]. */
  freshnessPollMs: 1_000,
  /** Milliseconds for which remembered credentials are believed without an answer of the database, unless a setting says otherwise [GW-50]. */
  freshnessMs: 30_000,
  /** Unknown credentials remembered, so that a loop of one wrong token asks the database once. */
  credentialMissesMax: 10_000,
  /** Milliseconds an unknown credential is remembered; making any token forgets them all. */
  credentialMissTtlMs: 5_000,
  /** Password checks at work at once; more wait in line. libuv has four threads, and files need one. */
  passwordChecksMax: 3,
  /** Password checks that may wait; past it 503. */
  passwordChecksQueueMax: 200,
  /** Milliseconds in which a full counter of failed logins is empty again, and so in which as many may fail as it holds [DIR-6]. */
  loginFailuresMs: 3_600_000,
  /** Milliseconds for which passwords are not checked once too many were wrong; twice as long after each further one … [DIR-6]. */
  loginDelayMs: 5_000,
  /** … and at most so long. */
  loginDelayMsMax: 900_000,
  /** Users and addresses whose failed logins are counted; past it the emptiest counters are forgotten. */
  loginCountersMax: 100_000,
  /** Milliseconds between two looks for counters of failed logins that are empty. */
  loginPruneMs: 60_000,
  /** Milliseconds a session of the pages lasts without use: a lunch and a meeting. */
  sessionIdleMs: 7_200_000,
  /** Milliseconds a session lasts however much it is used: a working day. */
  sessionMsMax: 43_200_000,
  /** Milliseconds between two notes that a session is in use: each is a transaction. */
  sessionNoteMs: 60_000,
  /** Sessions of one user; past it the one unused longest ends. */
  sessionsPerUserMax: 20,
  /** Sessions of the site; past it the one unused longest ends. */
  sessionsMax: 100_000,
  /** Milliseconds an outside directory may take to check a password [DIR-5]. */
  outsideLoginMs: 10_000,
  /** Bytes of what an outside directory tells of a user. */
  outsideUserBytesMax: 262_144,
  /** Characters of a user name, display name, address or password: what the vendor's columns hold [DIR-3]. */
  userTextLengthMax: 255,
  /** Calls of the organization's API that one organization key may make in a minute; past it 429 [CLD-8]. */
  organizationCallsPerMinute: 500,
  /** Tokens that one request revokes: each is a record and a transaction, and a page shows how far it has come. */
  revokedAtOnceMax: 100,
  /** Days that a token may last where its system has no bound of its own: a hundred years. */
  tokenDaysMax: 36_500,
  /** Days before its end at which a token is shown as expiring soon, where its system does not say. */
  expiresSoonDays: 7,
  /** Users or tokens in one page of an administrators' list. */
  pageMax: 1_000,
  /** Transactions of this process that wait for their turn: one is at work at a time, on every database; past it 503. */
  transactionQueueMax: 1_000,
  /** Connections to a database server for reading. A statement takes well below a millisecond there; PostgreSQL's own bound is 100 in all. */
  databaseReadConnectionsMax: 10,
  /** Connections to a database server for changes: one transaction is at work at a time, and TypeORM may ask something beside it. */
  databaseWriteConnectionsMax: 2,
  /** Reads that wait for a connection to a database server; past it 503. */
  databaseReadQueueMax: 2_000,
  /** Milliseconds to connect to a database server. */
  databaseConnectTimeoutMs: 5_000,
  /** Milliseconds a database server may take for one statement, and for a read with its waiting; past it 503. */
  databaseTimeoutMs: 5_000,
  /** Milliseconds to wait for another process's transaction on a database server; below the bound of a statement, so that the server says so. */
  databaseTurnTimeoutMs: 4_000,
  /** Milliseconds a transaction may stand still between two statements before the database server rolls it back: others wait for it. */
  databaseIdleTransactionMs: 15_000,
  /** Milliseconds to wait while another process changes the tables at its start. */
  migrationTurnMs: 600_000,
  /** Statements kept prepared for reading: a plugin has a handful each. */
  preparedStatementsMax: 200,
  /** Milliseconds SQLite waits for another process's lock (`postern user …` beside the server); the event loop stands still meanwhile. */
  databaseLockTimeoutMs: 2_000,
  /** Milliseconds the required audit sink may take [AUD-2]. */
  auditTimeoutMs: 2_000,
  /** Turns of the event loop that a write waits while each brings more requests: with 32 connections a write holds twelve of them instead of five. */
  auditGatherTurns: 8,
  /** Milliseconds that an entry nobody waits for, as a record's end, may wait for company: it mostly shares the next request's write. */
  auditLingerMs: 10,
  /** Milliseconds until entries that nobody waits for are offered to a failing disk again. */
  auditRetryMs: 1_000,
  /** Entries between a record's opening and its closing that a reader of the trail keeps in memory; past it the closing is looked up. */
  auditJoinWindowMax: 16_384,
  /** Bytes of audit entries waiting for the disk; past it 503. */
  auditQueueBytesMax: 16_777_216,
  /** Bytes of one spool segment before the next is begun. */
  spoolSegmentBytesMax: 67_108_864,
  /** Lines of the trail that one checkpoint signs: a signature takes about 40 µs, so a line pays for 40 ns of it [AUD-4]. */
  auditCheckpointLinesMax: 1_000,
  /** Milliseconds that lines wait for a checkpoint at most: what a tail that is cut may take with it unseen after a kill [AUD-4]. */
  auditCheckpointMs: 5_000,
  /** Findings that a verification of the trail lists; the rest is counted. */
  auditFindingsMax: 1_000,
  /** Records that a sink is sent at once. */
  sinkBatchMax: 200,
  /** Milliseconds until a sink that failed is tried again; each time twice as long … */
  sinkRetryMs: 500,
  /** … and at most so long. */
  sinkRetryMsMax: 60_000,
  /** Milliseconds between two writes of a sink's cursor: what is sent again after a kill. */
  sinkSaveMs: 1_000,
  /** Records on one syslog connection, whose orderly end is the only acknowledgement there is; then a new one is begun … */
  sinkConfirmMax: 2_000,
  /** … or after so many milliseconds: what is sent again after a connection broke. */
  sinkConfirmMs: 10_000,
  /** Milliseconds between two looks for segments of the trail that retention may delete [AUD-24]. */
  auditRetentionMs: 60_000,
  /** Distinct (peer, code) pairs counted within a second for requests that normalise refused; past it one row holds the rest [AUD-1]. */
  refusalRowsMax: 1_000,
  /** Entries of the trail that are copied to the database in one transaction: some milliseconds of work, and one commit. */
  auditShipLines: 200,
  /** Rows in one statement of such a transaction; between two statements requests get their turn. */
  auditShipRows: 20,
  /** Milliseconds from a durable group to its copy in the database: many groups share a transaction. */
  auditShipDelayMs: 250,
  /** Bytes recorded in a second from which on the copying stands back: about a thousand requests, a fifth of what a core carries. */
  auditShipBusyBytes: 700_000,
  /** How many times as long as a batch took the copying rests then, so that it has three hundredths of a core … */
  auditShipPauseBusy: 30,
  /** … and otherwise. */
  auditShipPauseIdle: 1,
  /** Milliseconds until a batch that failed is tried again. */
  auditShipRetryMs: 1_000,
  /** Milliseconds that a reader waits for what is not copied yet; then it is shown what there is. */
  auditShipWaitMs: 2_000,
  /** Records that are looked at for one page; a page that would need more tells where to go on. */
  auditScanMax: 50_000,
  /** Records read at once for a page: some milliseconds; then requests get their turn. */
  auditScanRows: 500,
  /** Records on one page of `/api/v1/audit`. */
  auditPageMax: 1_000,
  /** Events on one page of the product's audit log; its own bound is 100,000, which is 70 MB at once [AUD-20]. */
  productLogPageMax: 10_000,
  /** Steps of a chart: more than a screen is wide. */
  auditChartStepsMax: 1_500,
  /** Clients of the live tail at a time. */
  auditTailsMax: 20,
  /** Bytes that a client of the live tail may be behind; past it records are left out, and it is told how many. */
  auditTailBytesMax: 1_048_576,
  /** Milliseconds from a durable group to the live tail: many groups share a read. */
  auditTailDelayMs: 100,
  /** Milliseconds between two signs of life to a quiet tail: below the idle time of common proxies. */
  auditTailBeatMs: 15_000,
  /** Distinct addresses kept of a token: the last. */
  tokenAddressesMax: 10,
  /** Mails that may wait; past it new ones are dropped, with a warning [PAT-53]. */
  mailQueueMax: 10_000,
  /** Milliseconds between two looks for mails that are due. */
  mailDeliveryMs: 1_000,
  /** Mails read at once. */
  mailBatchMax: 20,
  /** Milliseconds until a mail that failed is tried again; each time twice as long. */
  mailRetryMs: 60_000,
  /** Milliseconds between two tries at most. */
  mailRetryMsMax: 21_600_000,
  /** Tries of one mail, over about two days; then it is dropped. */
  mailTriesMax: 16,
  /** Milliseconds to connect to the mail server, to be greeted, and to wait for an answer. */
  mailTimeoutMs: 10_000,
  /** Milliseconds of one timer: node’s own fire at once past 2^31. */
  timerMsMax: 86_400_000,
  /** Milliseconds between two flushes of counters to the database. */
  usageFlushMs: 1_000,
  /** Uses that are counted in one transaction when the trail is read again after a crash. */
  usageReplayMax: 10_000,
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
  /** Milliseconds between two looks for upstream connections that are silent or idle: by so much a timeout may be late. */
  upstreamSweepMs: 100,
  /** Interim (1xx) answers before an answer: one, mostly, and hardly ever three. */
  upstreamInterimsMax: 32,
  /** Bytes read from an upstream at once. */
  upstreamReadBytes: 65_536,
  /** Bytes of an answer’s head. Jira’s are below 8 KiB; a generous bound costs nothing. */
  upstreamHeaderBytesMax: 65_536,
  /** Bytes of the line before a chunk of an answer: a number, and extensions that nobody uses. */
  upstreamChunkLineMax: 4_096,
  /** Milliseconds a token that tells the upstream the user is valid: time for one request and for clocks that differ, no more [GW-42]. */
  identityTokenMs: 60_000,
  /** Milliseconds for which such a token is used again: what is left of it then is enough for a slow connection. */
  identityTokenReuseMs: 30_000,
  /** Milliseconds that the upstream's clock may be behind ours: tokens are valid from so long before they are made. */
  identityTokenSkewMs: 10_000,
  /** Tokens that are kept to be used again, about 1 KB each: one for each user and upstream. */
  identityTokensMax: 10_000,
  /** Milliseconds for which a retired key stays published after the first node signed with its successor: time to restart the others. */
  identityKeyOverlapMs: 86_400_000,
  /** Seconds a verifier may keep the published keys before it asks again. */
  identityKeysMaxAgeSeconds: 300,
  /** Milliseconds for a client's TLS handshake: as for the request head that would follow. */
  tlsHandshakeTimeoutMs: 20_000,
  /** Milliseconds between two looks at the certificate files: two small reads. */
  certificatePollMs: 10_000,
  /** Bytes of a file of certificates or a key: the bundle of all public authorities has 220 KB. */
  certificateFileBytesMax: 1_048_576,
  /** Milliseconds between two warnings that an upstream's certificate is not to be trusted: every request would write one. */
  untrustedUpstreamWarningMs: 60_000,
  /** Milliseconds between two looks for connections that have become idle while the listener ends. */
  drainSweepMs: 50,
  /** Milliseconds beyond `drainTimeoutMs` for the rest of the end, before the process ends all the same. */
  drainGraceMs: 10_000,
  /** Milliseconds after SIGTERM for what runs to be finished. */
  drainTimeoutMs: 30_000,
  /** Bytes of everything the sample product keeps in memory; past it it answers 507 [PRD-4]. */
  sampleStoreBytesMax: 67_108_864,
  /** Bytes of one upload to the sample product, the form included: Jira's own default for an attachment is 10 MB [PRD-4]. */
  sampleUploadBytesMax: 10_485_760,
  /** Logins the sample product remembers; the one unused longest goes first [PRD-3]. */
  sampleSessionsMax: 10_000,
  /** Milliseconds a login of the sample product lasts without use: Jira's five hours [PRD-3]. */
  sampleSessionIdleMs: 18_000_000,
  /** Characters of a description or comment: Jira's own default [PRD-4]. */
  sampleTextLengthMax: 32_767,
  /** Characters of a summary or title: Jira's and Confluence's own [PRD-4, PRD-5]. */
  sampleTitleLengthMax: 255,
  /** Items on one page of the sample product's lists: Jira's own default for a search [PRD-4]. */
  samplePageSizeMax: 1_000,
  /** Parentheses and NOTs within each other in a query, so that parsing cannot exhaust the stack [PRD-4]. */
  sampleQueryDepthMax: 50,
  /** Comparisons in one query: each may read every text there is [PRD-4]. */
  sampleQueryTermsMax: 100,
} as const;
