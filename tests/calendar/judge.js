// Compares what Tend says of every day (calendar_days) with two packages that others have written, and prints
// 'ok NAME' or the first differences and 'not ok NAME'.
//
//     node judge.js CALENDAR_DAYS MOONS_PY HOLIDAYS...
'use strict'
const { execFileSync } = require('child_process')
const { Solar } = require('lunar-javascript')
const { isWorkday } = require('chinese-days')

const SHOWN = 10 // differences of each kind

// The months in which lunar-javascript differs from ours, and the computation that decides: the day and the second of
// the new moon that begins the month, as moons.py has it. Each is to differ on all its days and no other day is to.
const DECIDED = [
  {
    // Eight minutes before midnight in Beijing. The almanac that the court printed has the 24th: its theory of the
    // moon was that much late. Ours is where the moon was.
    from: '1906-04-23', to: '1906-05-22', moon: '1906-04-23 23:52:06'
  },
  {
    // Two minutes after midnight by UTC, whose difference from the time of the sky stays what it is now (69 s). The
    // package goes on with the slowing earth, as if leap seconds were added: 196 s, and 23:59:41 of the 7th.
    from: '2097-08-07', to: '2097-09-05', moon: '2097-08-08 00:01:47'
  }
]

const [program, moons, ...holidays] = process.argv.slice(2)
let failed = false

function verdict (differences, name) {
  for (const line of differences.slice(0, SHOWN)) console.log(line)
  if (differences.length > SHOWN) console.log(`and ${differences.length - SHOWN} more`)
  console.log(`${differences.length ? 'not ok' : 'ok'} calendar: ${name}`)
  failed = failed || differences.length > 0
}

function ourDays (from, to, ...files) {
  const options = { encoding: 'utf8', maxBuffer: 1 << 24 }
  return execFileSync(program, [from, to, ...files], options).trim().split('\n').map(line => {
    const [day, lunar, term, work] = line.split(' ')
    return { day, lunar, term, worked: work === 'worked' }
  })
}

function theirs (day) {
  const lunar = Solar.fromYmd(...day.split('-').map(Number)).getLunar()
  const month = lunar.getMonth()
  return {
    lunar: `${lunar.getYear()}/${month < 0 ? 'leap' : ''}${Math.abs(month)}/${lunar.getDay()}`,
    term: { 清明: 'qingming', 冬至: 'solstice' }[lunar.getJieQi()] || '-'
  }
}

function judgeLunar () {
  const dates = []
  const terms = []
  const kept = new Set()
  const days = ourDays('1900-01-01', '2101-01-01')
  for (const our of days) {
    const their = theirs(our.day)
    const decided = DECIDED.find(month => our.day >= month.from && our.day <= month.to)
    if (our.lunar === their.lunar && decided) dates.push(`${our.day}: is named as decided and does not differ`)
    else if (our.lunar !== their.lunar && !decided) dates.push(`${our.day}: ours ${our.lunar}, theirs ${their.lunar}`)
    else if (decided) kept.add(decided)
    if (our.term !== their.term) terms.push(`${our.day}: ours ${our.term}, theirs ${their.term}`)
  }
  if (days.length !== 73414) dates.push(`${days.length} days, not those of 201 years`)
  verdict(dates, 'lunar dates 1900 to 2100 as lunar-javascript has them')
  verdict(terms, 'Qingming and winter solstice 1900 to 2100 as lunar-javascript has them')
  for (const month of DECIDED) {
    const moon = execFileSync(moons, ['--moon', month.moon.slice(0, 10)], { encoding: 'utf8' }).trim()
    console.log(`decided by our computation: ${month.from} to ${month.to}, new moon ${moon} in China`)
    verdict(moon === month.moon && kept.has(month) ? [] : [`${moon}, not ${month.moon}`],
      `the month that begins ${month.moon.slice(0, 10)} is decided by its new moon`)
  }
}

function judgeWork () {
  const differences = ourDays('2020-01-01', '2027-01-01', ...holidays)
    .filter(our => our.worked !== isWorkday(our.day))
    .map(our => `${our.day}: ours ${our.worked ? 'worked' : 'free'}, theirs not`)
  verdict(differences, 'working days of China 2020 to 2026 as chinese-days has them')
}

judgeLunar()
judgeWork()
process.exit(failed ? 1 : 0)
