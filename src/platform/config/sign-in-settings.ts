/** The settings of sessions and sign-in. */
import { z } from 'zod';

const minutes = (most: number) => z.coerce.number().int().min(1).max(most);

export const signInSettings = {
  sessionIdleMinutes: {
    env: 'TIELINE_SESSION_IDLE_MINUTES',
    key: 'session_idle_minutes',
    type: minutes(60).default(15),
    description: 'A session ends after so many minutes in which its person did nothing.',
    example: '15',
  },
  sessionIdlePrivilegedMinutes: {
    env: 'TIELINE_SESSION_IDLE_PRIVILEGED_MINUTES',
    key: 'session_idle_privileged_minutes',
    type: minutes(60).default(10),
    description: 'The same for who may approve or administer; the shorter of the two counts.',
    example: '10',
  },
  sessionHours: {
    env: 'TIELINE_SESSION_HOURS',
    key: 'session_hours',
    type: z.coerce.number().int().min(1).max(24).default(12),
    description: 'A session ends after so many hours, whatever its person does.',
    example: '12',
  },
  sessionsEach: {
    env: 'TIELINE_SESSIONS_EACH',
    key: 'sessions_each',
    type: z.coerce.number().int().min(1).max(20).default(3),
    description: 'How many sessions a person may have at once; one more ends the oldest.',
    example: '3',
  },
  sessionsEachPrivileged: {
    env: 'TIELINE_SESSIONS_EACH_PRIVILEGED',
    key: 'sessions_each_privileged',
    type: z.coerce.number().int().min(1).max(20).default(2),
    description: 'The same for who may approve or administer; the smaller of the two counts.',
    example: '2',
  },
  stepUpMinutes: {
    env: 'TIELINE_STEP_UP_MINUTES',
    key: 'step_up_minutes',
    type: minutes(60).default(5),
    description:
      'Approvals, grants, tokens and secrets ask for the password again when it was given longer ago than so many minutes.',
    example: '5',
  },
  lockAfter: {
    env: 'TIELINE_LOCK_AFTER',
    key: 'lock_after',
    type: z.coerce.number().int().min(1).max(20).default(3),
    description: 'An account is locked after so many refused sign-ins within `lock_window_minutes`.',
    example: '3',
  },
  lockWindowMinutes: {
    env: 'TIELINE_LOCK_WINDOW_MINUTES',
    key: 'lock_window_minutes',
    type: minutes(1440).default(15),
    description: 'Refused sign-ins that are older count no more for locking.',
    example: '15',
  },
  lockMinutes: {
    env: 'TIELINE_LOCK_MINUTES',
    key: 'lock_minutes',
    type: z.coerce.number().int().min(0).max(10_080).default(0),
    description:
      'How long an account stays locked after refused sign-ins; 0: until an administrator releases it (`tieline users unlock`).',
    example: '30',
  },
  signInsPerMinute: {
    env: 'TIELINE_SIGN_INS_PER_MINUTE',
    key: 'sign_ins_per_minute',
    type: z.coerce.number().int().min(1).max(1000).default(10),
    description: 'How many sign-ins are tried for one address in a minute, whatever the names.',
    example: '10',
  },
  secondFactor: {
    env: 'TIELINE_SECOND_FACTOR',
    key: 'second_factor',
    type: z.enum(['privileged', 'everyone', 'off']).default('privileged'),
    description:
      'Who must have a second factor beside the password: who may approve or administer, everyone, or (off) nobody. Whoever has set one up is asked for it in any case. Sign-ins by a card or an identity provider are not asked.',
    example: 'everyone',
  },
  bannerFile: {
    env: 'TIELINE_BANNER_FILE',
    key: 'banner_file',
    type: z.string().min(1).optional(),
    description: 'A text file that is shown before each sign-in and must be acknowledged.',
    example: '/etc/tieline/banner.txt',
  },
  secureCookies: {
    env: 'TIELINE_SECURE_COOKIES',
    key: 'secure_cookies',
    type: z.union([z.boolean(), z.stringbool()]).default(true),
    description:
      'Whether the cookie of a session goes over https only. Set it to false for http to the machine itself.',
    example: 'true',
  },
} as const;
