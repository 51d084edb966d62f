/**
 * What stands for container images: a folder of this machine and what runs in it. A pod whose container names a command of its own needs none.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'

/** A folder of this machine that a pod sees as the files of its image. */
export interface Image {
  /** Folder of this machine. */
  readonly folder: string
  /** Where the container sees it, as a Dockerfile's `COPY` has it. */
  readonly at: string
  /** Where the command starts, inside the container. @defaultValue `at` */
  readonly workingDir?: string | undefined
  /** What runs if the pod names no command: what `ENTRYPOINT` and `CMD` are together. @defaultValue none */
  readonly command?: readonly string[] | undefined
}

/** Images by their names, without a tag. */
export type Images = Readonly<Record<string, Image>>

/** The name of an image without registry digest and tag: `evenkeel/shop:1` is `evenkeel/shop`. */
export function nameOf(reference: string): string {
  return reference.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
}

/** @throws Error for an image that no container can use */
export function checkImages(images: Images): void {
  for (const [name, { folder, at, workingDir = at }] of Object.entries(images))
    for (const [option, path] of Object.entries({ folder, at, workingDir }))
      if (!isAbsolute(path)) throw new Error(`images['${name}'].${option}: ${path} (expected: an absolute path)`)
}

/** The images that the applications of this repository bring: `apps/NAME/process-image.json`, with folders relative to it. */
export function imagesOf(apps: string): Images {
  const images: Record<string, Image> = {}
  for (const path of readdirSync(apps)
    .map((app) => join(apps, app, 'process-image.json'))
    .sort()) {
    const text = textOf(path)
    if (text === undefined) continue
    const { name, folder, ...rest } = JSON.parse(text) as Image & { readonly name: string }
    images[name] = { ...rest, folder: resolve(dirname(path), folder) }
  }
  return images
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
