/**
 * NestJS 11 as `nest new` sets it up: CommonJS, TypeScript with module nodenext, Jest with ts-jest. What `nest new` adds for lint and format is left out;
 * the configuration of TypeScript and of Jest is its own, the sources are the same parts with our program as a second route.
 */
import type { Kind, Program } from '../kind.ts'

const transform = { '^.+\\.(t|j)s$': 'ts-jest' }
const moduleFileExtensions = ['js', 'json', 'ts']

const compilerOptions = {
  module: 'nodenext',
  moduleResolution: 'nodenext',
  resolvePackageJsonExports: true,
  esModuleInterop: true,
  isolatedModules: true,
  declaration: true,
  removeComments: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  allowSyntheticDefaultImports: true,
  target: 'ES2023',
  sourceMap: true,
  outDir: './dist',
  baseUrl: './',
  incremental: true,
  skipLibCheck: true,
  strictNullChecks: true,
  forceConsistentCasingInFileNames: true,
  noImplicitAny: false,
  strictBindCallApply: false,
  noFallthroughCasesInSwitch: false,
}

/** The default project; its own test and one of our route pass, then the build answers over HTTP. */
export const nest: Kind = {
  name: 'nest-11',
  project: 'NestJS 11 as `nest new` makes it',
  does: "its Jest suite and ours, nest build, then an HTTP request to the build's route",
  when: 'commit',
  dependencies: {
    '@nestjs/common': '^11.0.1',
    '@nestjs/core': '^11.0.1',
    '@nestjs/platform-express': '^11.0.1',
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.1',
    '@nestjs/cli': '^11.0.0',
    '@nestjs/schematics': '^11.0.0',
    '@nestjs/testing': '^11.0.1',
    '@types/express': '^5.0.0',
    '@types/jest': '^30.0.0',
    '@types/node': '^24.0.0',
    jest: '^30.0.0',
    'source-map-support': '^0.5.21',
    'ts-jest': '^29.2.5',
    'ts-loader': '^9.5.2',
    'ts-node': '^10.9.2',
    'tsconfig-paths': '^4.2.0',
    typescript: '^5.7.3',
  },
  manifest: {
    jest: {
      moduleFileExtensions,
      rootDir: 'src',
      testRegex: '.*\\.spec\\.ts$',
      transform,
      collectCoverageFrom: ['**/*.(t|j)s'],
      coverageDirectory: '../coverage',
      testEnvironment: 'node',
    },
  },
  files: (program) => ({ ...configuration, ...sources(program), ...tests(program), 'request.js': request }),
  commands: [
    ['jest', '--ci'],
    ['nest', 'build'],
    ['node', 'request.js'],
  ],
}

const configuration: Readonly<Record<string, string>> = {
  'tsconfig.json': JSON.stringify({ compilerOptions }),
  'tsconfig.build.json': JSON.stringify({
    extends: './tsconfig.json',
    exclude: ['node_modules', 'test', 'dist', '**/*spec.ts'],
  }),
  'nest-cli.json': JSON.stringify({
    collection: '@nestjs/schematics',
    sourceRoot: 'src',
    compilerOptions: { deleteOutDir: true },
  }),
}

function sources({ text }: Program): Readonly<Record<string, string>> {
  return {
    'src/visit.ts': text,
    'src/app.service.ts': `import { Injectable } from '@nestjs/common';
import { visit } from './visit';

@Injectable()
export class AppService {
  getHello(): string {
    return 'Hello World!';
  }

  visit(): Promise<string> {
    return visit();
  }
}
`,
    'src/app.controller.ts': controller,
    'src/app.module.ts': `import { Module } from '@nestjs/common';
import { AppController } from './app.controller';
import { AppService } from './app.service';

@Module({ imports: [], controllers: [AppController], providers: [AppService] })
export class AppModule {}
`,
  }
}

const controller = `import { Controller, Get } from '@nestjs/common';
import { AppService } from './app.service';

@Controller()
export class AppController {
  constructor(private readonly appService: AppService) {}

  @Get()
  getHello(): string {
    return this.appService.getHello();
  }

  @Get('visit')
  visit(): Promise<string> {
    return this.appService.visit();
  }
}
`

function tests({ says }: Program): Readonly<Record<string, string>> {
  return {
    'src/app.controller.spec.ts': `import { Test, TestingModule } from '@nestjs/testing';
import { AppController } from './app.controller';
import { AppService } from './app.service';

describe('AppController', () => {
  let controller: AppController;

  beforeEach(async () => {
    const app: TestingModule = await Test.createTestingModule({
      controllers: [AppController],
      providers: [AppService],
    }).compile();
    controller = app.get<AppController>(AppController);
  });

  it('greets', () => {
    expect(controller.getHello()).toBe('Hello World!');
  });

  it('calls the service', async () => {
    expect(await controller.visit()).toBe(${JSON.stringify(says)});
  });
});
`,
  }
}

/** In place of `main.ts`, which never ends. */
const request = `const { NestFactory } = require('@nestjs/core')
const { AppModule } = require('./dist/app.module')

async function main() {
  const app = await NestFactory.create(AppModule, { logger: ['error'] })
  await app.listen(0, '127.0.0.1')
  console.log(await (await fetch((await app.getUrl()) + '/visit')).text())
  await app.close()
}
main()
`
