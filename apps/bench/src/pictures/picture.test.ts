import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drawPictures, stalePictures } from './picture.ts'
import { type Pictured, specificationOf } from './specification.ts'

const result: Pictured = {
  command: 'npm run bench -- http --json',
  environment: { node: 'v24.1.0', cpu: 'Abacus', cores: 2, commit: '0123456789abcdef0123456789abcdef01234567+' },
  figures: {
    panels: [
      {
        title: 'CPU, µs',
        bars: '95 % interval',
        axis: 'from zero',
        rows: [
          { subject: 'one 1.0', median: 1.0384, low: 1.01, high: 1.06 },
          { subject: 'other 2.0', median: 53.21, low: 50, high: 57 },
        ],
      },
      {
        title: 'ms',
        bars: 'range',
        axis: 'around the values',
        rows: [{ subject: 'one 1.0', median: 412.3, low: 1, high: 900 }],
      },
    ],
  },
}

test('a result becomes a picture that says what was run, where, and what was found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-picture-'))
  try {
    const file = join(folder, 'bench-http.json')
    await writeFile(file, JSON.stringify(result))
    expect(await drawPictures([file])).toEqual([join(folder, 'bench-http.svg')])
    const svg = await readFile(join(folder, 'bench-http.svg'), 'utf8')
    for (const text of [
      'npm run bench -- http --json',
      '2 cores, Abacus, Node 24.1.0, commit 0123456789ab+',
      'CPU, µs',
      'median; bar: 95 % interval',
      'one 1.0',
      'other 2.0',
      '1.038',
      '53.2',
      '412',
    ])
      expect(svg).toContain(`>${text}<`)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('each panel has its rows in the order of the result, its interval as a bar and its own axis', () => {
  expect(specificationOf(result)).toMatchObject({
    vconcat: [
      {
        data: { values: [{ subject: 'one 1.0' }, { subject: 'other 2.0' }] },
        layer: [
          { encoding: { x: { field: 'low', scale: { zero: true } }, x2: { field: 'high' }, y: { sort: null } } },
          {},
          {},
        ],
      },
      { layer: [{ encoding: { x: { scale: { zero: false } } } }, {}, {}] },
    ],
    resolve: { scale: { x: 'independent' } },
  })
})

test('a document without panels is told by file and by what is missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-picture-'))
  try {
    const file = join(folder, 'demo.json')
    await writeFile(file, JSON.stringify({ ...result, figures: {} }))
    await expect(drawPictures([file])).rejects.toThrow(/demo\.json: figures\.panels is missing/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a picture that its result file does not give any more is found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-picture-'))
  try {
    const file = join(folder, 'bench-http.json')
    await writeFile(file, JSON.stringify(result))
    await drawPictures([file])
    expect(await stalePictures(folder)).toEqual([])
    await writeFile(file, JSON.stringify({ ...result, command: 'npm run bench -- http --rounds 99' }))
    expect(await stalePictures(folder)).toEqual(['bench-http.svg'])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('every picture in results is what its result file gives; `npm run bench -- picture` draws it again', async () => {
  expect(await stalePictures(join(import.meta.dirname, '../../../../results'))).toEqual([])
})
