// The numbers in `cwd_user.directory_id`: who checks a user's password.

/** `outside`: another directory, whose users are recorded when they log in [DIR-5]. */
export const DIRECTORIES = { internal: 1, outside: 2 } as const;
