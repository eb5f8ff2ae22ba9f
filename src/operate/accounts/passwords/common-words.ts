/**
 * Words that many passwords consist of. Published lists hold hardly anything of 15 characters but these, their doublings, sequences of
 * the keyboard and digits; so instead of shipping a list of 100,000 mostly short passwords, a password is refused that consists of
 * nothing else (password-rules.ts). The choice is our own.
 */
const words = `
  password passwort motdepasse contrasena senha pass pwd passwd passphrase secret secure security login logon signin user username
  admin administrator administrador root guest test tester testing demo default changeme change me welcome hello letmein let in open
  access system server computer internet network windows microsoft google facebook apple linux oracle cisco temp temporary
  qwerty qwertz azerty asdf asdfgh asdfghjkl zxcvbn zxcvbnm qwertyuiop qazwsx qaz wsx edc rfv tgb yhn ujm poiuy lkjhg mnbvc
  iloveyou ilove love lovely you baby babygirl babyboy princess prince angel queen king sweet sweetheart sunshine flower
  monkey dragon tiger lion eagle panther shadow master superman batman spiderman starwars pokemon naruto minecraft fortnite
  football baseball basketball soccer hockey hunter ranger yankees lakers chelsea liverpool arsenal barcelona madrid juventus
  michael jessica jennifer jordan ashley daniel andrew thomas charlie robert joshua matthew nicole amanda michelle samantha
  jesus christ god heaven blessed family friend friends forever always happy birthday summer winter spring autumn fall
  january february march april may june july august september october november december monday tuesday wednesday thursday friday
  saturday sunday america usa army navy marine airforce government federal company business office work home house money
  freedom liberty killer ninja samurai mustang ferrari porsche corvette harley yamaha honda toyota chocolate cookie cheese banana
  orange purple yellow silver golden gold diamond black white green blue red whatever nothing trustno trust nobody
  abc abcd abcde abcdef xyz aaa the this is my your our a i am new and to one two three four five number
`;

export const commonWords: ReadonlySet<string> = new Set(words.split(/\s+/).filter((word) => word !== ''));

/** Known by heart to many, though their words are not common. */
export const famousPassphrases: ReadonlySet<string> = new Set([
  'correcthorsebatterystaple',
  'thequickbrownfox',
  'thequickbrownfoxjumpsoverthelazydog',
  'tobeornottobe',
  'tobeornottobethatisthequestion',
  'maytheforcebewithyou',
  'allyourbasearebelongtous',
  'supercalifragilisticexpialidocious',
  'loremipsumdolorsitamet',
  'openthepodbaydoorshal',
]);
