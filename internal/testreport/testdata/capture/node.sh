# node's own runner. NODE24 names a newer one, whose spec reporter has another shape; without it its
# files stay as they are.
mkdir -p "$work/js" && cd "$work/js" || exit
cat > red.test.js <<'JS'
const { test, describe, it, before, beforeEach } = require('node:test')
const assert = require('node:assert')
test('passes', () => { console.log('some output') })
test('fails # hash', () => { console.log('before the stub'); assert.strictEqual(1, 2, 'one is not two') })
test('skipped', { skip: 'needs a GPU' }, () => {})
test('skipped plainly', { skip: true }, () => {})
test('todo', { todo: 'later' }, () => { throw new Error('not done') })
test('todo done', { todo: true }, () => {})
test('outer', async (t) => {
  await t.test('inner good', () => {})
  await t.test('inner bad', () => { throw new Error('NotImplementedError: stub') })
})
test('outer good', async (t) => {
  await t.test('inner one', () => {})
  await t.test('inner two', () => {})
})
test('outer alone', async (t) => {
  await t.test('inner fine', () => {})
  throw new Error('after its subtests')
})
describe('a suite', () => {
  it('works', () => {})
  it('compares', () => { assert.deepStrictEqual({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }) })
  describe('deeper', () => { it('is deep', () => { throw new TypeError('deep down') }) })
})
describe('hooked', () => {
  beforeEach(() => { throw new Error('no device') })
  it('never gets there', () => {})
})
describe('hooked before', () => {
  before(() => { throw new Error('no database') })
  it('is cancelled', () => {})
})
JS
cat > green.test.js <<'JS'
const { test, describe, it } = require('node:test')
test('only', () => {})
describe('a suite', () => { it('works', () => {}) })
JS
cat > hooks.test.js <<'JS'
const { test, describe, it, beforeEach } = require('node:test')
test('first', () => {})
describe('hooked', () => {
  beforeEach(() => { throw new Error('no device') })
  it('never gets there', () => {})
})
test('slow', { timeout: 20 }, async () => { await new Promise((r) => setTimeout(r, 200)) })
JS
echo "require('node:test')('pending', () => new Promise(() => {}))" > pending.test.js
cat > exits.test.js <<'JS'
const { test } = require('node:test')
test('first', () => {})
test('exits', () => { process.exit(3) })
test('never', () => {})
JS
sed 's/exits/aborts/; s/process.exit(3)/process.abort()/' exits.test.js > aborts.test.js
printf "require('./not-there.js')\nrequire('node:test')('never', () => {})\n" > missing.test.js
printf "const test = require('node:test')\ntest('fakes', () => { console.log('✔ made up (1.5ms)') })\n" > fakes.test.js
echo "this is no script" > broken.test.js
echo "" > zero.test.js
n() { # prefix, node, and the parts of it that are wanted
	run="timeout 60 $2 --test --test-reporter"
	for r in spec tap; do
		for f in $3; do
			$run $r $f.test.js > "$out/$1_${r}_$f.log" 2>&1
		done
		$run $r --test-name-pattern nothing green.test.js > "$out/$1_${r}_pattern.log" 2>&1
	done
	$run junit red.test.js 2> /dev/null > "$out/junit_$1_red.xml"
	$run junit missing.test.js 2> /dev/null > "$out/junit_$1_missing.xml"
	$run junit zero.test.js 2> /dev/null > "$out/junit_$1_zero.xml"
}
n node node 'red green hooks pending exits aborts missing broken zero fakes'
node --test --test-reporter spec red.test.js green.test.js zero.test.js broken.test.js > "$out/node_spec_several.log" 2>&1
node --test --test-reporter spec nowhere.test.js > "$out/node_spec_nowhere.log" 2>&1
node --test --test-reporter spec red.test.js 2>&1 | head -n 40 > "$out/node_spec_cut.log"
node --test --test-reporter junit exits.test.js 2> /dev/null > "$out/junit_node_exits.xml"
node --test --test-reporter junit hooks.test.js 2> /dev/null > "$out/junit_node_hooks.xml"
node green.test.js > "$out/node_direct.log" 2>&1
[ -z "${NODE24-}" ] || n node24 "$NODE24" 'red green missing aborts zero'
[ -z "${NODE24-}" ] || sed -i "s#$NODE24#/usr/bin/node#g" "$out"/node24_*
