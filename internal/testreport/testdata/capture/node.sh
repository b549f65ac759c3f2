# node's own runner.
mkdir -p "$work/js" && cd "$work/js" || exit
cat > red.test.js <<'JS'
const test = require('node:test')
const assert = require('node:assert')
test('passes', () => {})
test('fails # hash', () => { assert.strictEqual(1, 2, 'one is not two') })
test('skipped', { skip: 'needs a GPU' }, () => {})
test('todo', { todo: 'later' }, () => { throw new Error('not done') })
test('outer', async (t) => {
  await t.test('inner good', () => {})
  await t.test('inner bad', () => { throw new Error('NotImplementedError: stub') })
})
test('outer good', async (t) => {
  await t.test('inner one', () => {})
  await t.test('inner two', () => {})
})
JS
echo "require('node:test')('only', () => {})" > green.test.js
echo "this is no script" > broken.test.js
echo "" > zero.test.js
n() { name=$1; shift; node --test --test-reporter "$@" > "$out/$name" 2>&1; }
n tap_node.log tap red.test.js
n tap_node_green.log tap green.test.js
n tap_node_broken.log tap broken.test.js
n tap_node_zero.log tap zero.test.js
node --test --test-reporter junit red.test.js > "$out/junit_node.xml" 2>/dev/null

