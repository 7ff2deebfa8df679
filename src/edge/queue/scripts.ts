/*
 * What has to happen at once, as scripts of Redis. `unit` is the hash of a piece of work, `value` its
 * result, `run` the hash in which a client hears of it, `counts` what has ever happened.
 *
 * A start takes a token, and every later start a higher one. Only who has the newest may commit, and
 * only where nothing is committed; so there is one result, whoever else is still at it.
 */

/** Milliseconds on the server's clock, the only one that all machines share. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** Tells the client of a run that a unit is done; a run that is over stays so. */
const DONE = `
local function done(run, name, ms)
  if redis.call('EXISTS', run) == 1 then redis.call('HSET', run, 'ok:' .. name, ms) end
end`;

/**
 * KEYS unit, value, run, counts, tokens; ARGV name, most starts, milliseconds of a lease, of a life.
 * Answers what to do, and the token to do it with.
 */
export const BEGIN: string = `${NOW}${DONE}
if redis.call('HEXISTS', KEYS[1], 'digest') == 1 and redis.call('EXISTS', KEYS[2]) == 1 then
  done(KEYS[3], ARGV[1], '0')
  return {'found', 0}
end
local state = redis.call('HGET', KEYS[3], 'state')
if state ~= 'open' then return {'over', 0} end
local lease = tonumber(redis.call('HGET', KEYS[1], 'lease') or '0')
if lease > now then return {'busy', 0} end
if tonumber(redis.call('HGET', KEYS[1], 'starts') or '0') >= tonumber(ARGV[2]) then
  return {'poisoned', 0, redis.call('HGET', KEYS[1], 'cause') or ''}
end
local token = redis.call('INCR', KEYS[5])
redis.call('HINCRBY', KEYS[1], 'starts', 1)
redis.call('HSET', KEYS[1], 'token', token, 'lease', now + ARGV[3])
redis.call('HDEL', KEYS[1], 'digest')
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('HINCRBY', KEYS[4], 'starts', 1)
return {'started', token}`;

/** KEYS unit, run, counts; ARGV name, token, scenarios done, milliseconds of a lease. Answers whether to go on. */
export const BEAT: string = `${NOW}
if redis.call('HGET', KEYS[2], 'state') ~= 'open' then return 'over' end
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[2] then
  redis.call('HINCRBY', KEYS[3], 'fenced', 1)
  return 'fenced'
end
redis.call('HSET', KEYS[1], 'lease', now + ARGV[4])
redis.call('HSET', KEYS[2], 'at:' .. ARGV[1], ARGV[3])
return 'go'`;

/**
 * KEYS unit, value, run, counts; ARGV name, token, digest, bytes, milliseconds that it took, of a
 * life. Answers what became of the result.
 */
export const COMMIT: string = `${DONE}
local known = redis.call('HGET', KEYS[1], 'digest')
if known and redis.call('EXISTS', KEYS[2]) == 1 then
  if known ~= ARGV[3] then
    redis.call('HINCRBY', KEYS[4], 'differing', 1)
    return 'differs'
  end
  done(KEYS[3], ARGV[1], ARGV[5])
  -- The same start once more: its answer was lost on the way.
  if redis.call('HGET', KEYS[1], 'by') == ARGV[2] then return 'committed' end
  redis.call('HINCRBY', KEYS[4], 'duplicates', 1)
  return 'duplicate'
end
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[2] then
  redis.call('HINCRBY', KEYS[4], 'fenced', 1)
  return 'fenced'
end
redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[6])
redis.call('HSET', KEYS[1], 'digest', ARGV[3], 'by', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('HINCRBY', KEYS[4], 'commits', 1)
done(KEYS[3], ARGV[1], ARGV[5])
return 'committed'`;

/**
 * KEYS unit; ARGV token, 1 where the start shall not count, why it ended. Lets go of a unit without a
 * result.
 */
export const LEAVE: string = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'lease')
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'cause', ARGV[3]) end
if ARGV[2] == '1' then redis.call('HINCRBY', KEYS[1], 'starts', -1) end
return 1`;

/** KEYS run; ARGV field, text. Writes into a run that is not over, and never over what is there. */
export const TELL: string = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])`;

/** KEYS run; ends it without a result. */
export const ABORT: string = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'state', 'aborted')
return 1`;

/** KEYS holders and what they hold; ARGV holder. Removes what nobody else has use for. */
export const RELEASE: string = `
redis.call('SREM', KEYS[1], ARGV[1])
if redis.call('SCARD', KEYS[1]) > 0 then return 0 end
for i = 1, #KEYS do redis.call('UNLINK', KEYS[i]) end
return 1`;

/** KEYS workers; ARGV name, slots, milliseconds to live. Says that a worker is alive. */
export const ALIVE: string = `${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2] .. ':' .. ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

/** KEYS workers. Answers how many pieces of work are run at a time by those that are alive. */
export const SLOTS: string = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local sum = 0
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  sum = sum + tonumber(string.match(name, '^%d+'))
end
return sum`;
