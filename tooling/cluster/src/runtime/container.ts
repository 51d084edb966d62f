/**
 * One container: a process with a mount and a process namespace of its own, in which it is the first process, as in any container. So a signal without a
 * handler does nothing, and everything that it started ends with it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { ContainerConfig } from './cri.ts'
import type { Image } from './images.ts'
import { writeLog } from './output/log-file.ts'
import { closeWriters, makePipes } from './output/pipe.ts'
import { type Binding, makeRoot } from './root.ts'
import type { Sandbox } from './sandbox.ts'

/** What a container is made of. */
export interface ContainerOptions {
  readonly id: string
  readonly sandbox: Sandbox
  readonly config: ContainerConfig
  readonly image: Image | undefined
  /** Folder for its files, to be made. */
  readonly folder: string
  /** Where commands are looked for. */
  readonly path: string
  readonly createdAtNs: string
  /** The time now, in nanoseconds since 1970. */
  nowNs(): string
}

// The shell stays outside and tells how its only child ended, which is the first process of the new namespace and becomes the command. `unshare --fork`
// would do that too, if it did not lose the signal (util-linux 2.38). What runs in the background of a shell ignores some signals, and a container does not.
const script = `(
  mount --all --fstab "$1" || exit 126
  echo started >&3
  exec 3>&-
  root=$2
  shift 2
  exec env --default-signal setpriv --pdeathsig KILL chroot "$root" /bin/sh -c 'cd "$0" || exit 126; exec "$@"' "$@"
) &
# What it says of a child that was killed is no output of the container.
exec 2>/dev/null 3>&-
wait $!`

const killed = 128 + constants.signals.SIGKILL

/** A container from its creation to its removal. */
export class Container {
  readonly id: string
  readonly sandbox: Sandbox
  readonly config: ContainerConfig
  readonly createdAtNs: string
  startedAtNs = '0'
  finishedAtNs = '0'
  exitCode = 0
  readonly #options: ContainerOptions
  readonly #command: readonly string[]
  // Its first process as the cluster's namespace numbers it, while there is one.
  #pid: number | undefined
  #started: Promise<unknown> | undefined
  #ended: Promise<void> | undefined

  /** @throws Error if nothing says what to run */
  constructor(options: ContainerOptions) {
    const { id, sandbox, config, image, createdAtNs } = options
    this.id = id
    this.sandbox = sandbox
    this.config = config
    this.createdAtNs = createdAtNs
    this.#options = options
    // As with containers: a command replaces that of the image together with its arguments.
    const command = config.command.length > 0 ? config.command : (image?.command ?? [])
    this.#command = [...command, ...config.args]
    if (this.#command.length === 0)
      throw new Error(
        `process kubelet: nothing to run for the image ${config.image.user_specified_image} (expected: a command in the pod, or an image that startCluster was told of)`,
      )
  }

  get state(): 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' {
    if (this.finishedAtNs !== '0') return 'CONTAINER_EXITED'
    return this.startedAtNs === '0' ? 'CONTAINER_CREATED' : 'CONTAINER_RUNNING'
  }

  get logPath(): string {
    return join(this.sandbox.config.log_directory, this.config.log_path)
  }

  /** Starts it and resolves when its command is about to run. */
  async start(): Promise<void> {
    const { folder, sandbox } = this.#options
    const root = join(folder, 'root')
    const mounts = join(folder, 'fstab')
    mkdirSync(root, { recursive: true })
    writeFileSync(mounts, makeRoot(root, this.#bindings()))
    const inside = ['unshare', '--mount', '--pid', '/bin/sh', '-c', script, 'sh', mounts, root]
    const words = [...sandbox.enter(), ...inside, ...this.#startingAt(), ...this.#command]
    const pipes = makePipes(folder, 'stdout', 'stderr')
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...words], {
      stdio: ['ignore', pipes.stdout.writer, pipes.stderr.writer, 'pipe'],
      env: this.#environment(),
    })
    closeWriters(pipes)
    const logged = writeLog(this.logPath, { stdout: pipes.stdout.reader, stderr: pipes.stderr.reader })
    const closed = once(child, 'close')
    this.#ended = this.#end(closed, logged)
    this.#started = Promise.race([once(child.stdio[3] as Readable, 'data'), this.#ended])
    await this.#started
    if (child.exitCode !== null || child.signalCode !== null) return await this.#ended
    this.#pid = childOf(child.pid as number)
    if (this.#pid !== undefined) writeFileSync(join(folder, 'pid'), String(this.#pid))
    // Not sooner: what is told to run is told to stop, and then has to hear it.
    this.startedAtNs = this.#options.nowNs()
  }

  /** Sends its stop signal, and SIGKILL when the time is over; resolves when it has ended. */
  async stop(timeoutMs: number): Promise<void> {
    const ended = this.#ended
    if (ended === undefined) return
    await this.#started
    const { stop_signal: named } = this.config
    this.#signal((named === 'SIGNAL_RUNTIME_DEFAULT' ? 'SIGTERM' : named.slice('SIGNAL_'.length)) as NodeJS.Signals)
    const over = new AbortController()
    ended.finally(() => over.abort())
    await Promise.race([ended, setTimeout(timeoutMs, undefined, { signal: over.signal }).catch(() => {})])
    this.#signal('SIGKILL')
    await ended
  }

  /** Words that run a command inside it. @throws Error while it does not run */
  enter(): readonly string[] {
    if (this.#pid === undefined) throw new Error(`the container ${this.config.metadata.name} does not run`)
    return ['nsenter', '--target', String(this.#pid), '--mount', '--pid', '--net', '--uts', '--ipc', '--root', '--wd']
  }

  /** What a command inside it sees. */
  get environment(): NodeJS.ProcessEnv {
    return this.#environment()
  }

  remove(): void {
    rmSync(this.#options.folder, { recursive: true, force: true })
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#pid === undefined) return
    try {
      process.kill(this.#pid, signal)
    } catch (error) {
      // It has just ended, and the news is on its way.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  /** Resolves when it has ended and its last words are in its log, where they are looked for once it is said to have ended. */
  async #end(closed: Promise<readonly unknown[]>, logged: Promise<void>): Promise<void> {
    const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null]
    this.#pid = undefined
    rmSync(join(this.#options.folder, 'pid'), { force: true })
    const now = this.#options.nowNs()
    await logged
    // One that ended before its command ran.
    if (this.startedAtNs === '0') this.startedAtNs = now
    this.finishedAtNs = now
    this.exitCode = code ?? (signal === null ? killed : 128 + constants.signals[signal])
  }

  #bindings(): readonly Binding[] {
    const { image, sandbox, config } = this.#options
    return [
      ...(image === undefined ? [] : [{ from: image.folder, at: image.at }]),
      { from: sandbox.resolvConf, at: '/etc/resolv.conf' },
      ...config.mounts.map(({ host_path: from, container_path: at }) => ({ from, at })),
    ]
  }

  #startingAt(): readonly string[] {
    const { config, image } = this.#options
    const named = [config.working_dir, image?.workingDir, image?.at].find((path) => path !== undefined && path !== '')
    return [named ?? '/']
  }

  #environment(): NodeJS.ProcessEnv {
    const { sandbox, config, path } = this.#options
    const given = config.envs.map(({ key, value }) => [key, Buffer.from(value).toString()])
    // What a container runtime adds to what the kubelet asks for.
    return { PATH: path, HOSTNAME: sandbox.hostname, HOME: '/', ...Object.fromEntries(given) }
  }
}

/** The only child of a process; undefined when it has ended already. */
function childOf(pid: number): number | undefined {
  const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
  // Never 0: to signal that would be to signal ourselves.
  return child > 0 ? child : undefined
}
