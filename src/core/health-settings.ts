/** From when on a worker counts as unhealthy, stalled, offline or stuck: what a pool says in the crew file, and what holds otherwise. */
import { DEFAULT_HEARTBEAT_SECONDS, type PoolSettings } from './pool.ts';

/** `health:` of a pool; durations in seconds, shares from 0 to 1. */
export interface HealthSettings {
  /** Silence after which a worker is unhealthy. */
  heartbeat?: number;
  /** Silence after which it is stalled. */
  stalled?: number;
  /** Silence after which a worker that runs elsewhere is offline. */
  offline?: number;
  /** Share of failed attempts. */
  errors?: number;
  /** Share of failed attempts at which people are told. */
  alert?: number;
  /** Bytes of its whole process tree. */
  memory?: number;
  /** A job that stands still for less than this is never called stuck. */
  progress?: number;
}

export type HealthThresholds = Required<HealthSettings>;

/** A beat may be late by as much as one interval. */
const LATE_BEATS = 2;
/** With the default interval three minutes: a handler that holds the interpreter for one or two is no stall. */
const STALLED_BEATS = 6;
/** With the default interval five minutes: a connection that is cut for less comes back. */
const OFFLINE_BEATS = 10;
/** With the default interval thirty minutes. */
const GIVEN_UP_BEATS = 60;
/** Of the newest attempts: one in ten that fails is more than bad luck. */
export const DEFAULT_ERROR_SHARE = 0.1;
/** Of the newest attempts: with one in five a person should look before the queue is used up. */
export const DEFAULT_ALERT_SHARE = 0.2;
/** Bytes. For a pool that states neither `memory` nor `health: { memory }`. */
export const DEFAULT_MEMORY_LIMIT = 500_000_000;
/** Seconds; what writes a checkpoint, waits for a licence or loads a file again is done with it by then. */
export const DEFAULT_PROGRESS_SECONDS = 600;

/** Seconds of silence after which a worker elsewhere that has no job is given up; never sooner than it is offline. */
export function givenUpAfter(interval: number, { offline }: HealthThresholds): number {
  return Math.max(GIVEN_UP_BEATS * interval, offline);
}

export function healthThresholds(
  pool: Pick<PoolSettings, 'heartbeat' | 'memory' | 'health'> | undefined,
): HealthThresholds {
  const interval = pool?.heartbeat ?? DEFAULT_HEARTBEAT_SECONDS;
  const errors = pool?.health?.errors ?? DEFAULT_ERROR_SHARE;
  return {
    heartbeat: LATE_BEATS * interval,
    stalled: STALLED_BEATS * interval,
    offline: OFFLINE_BEATS * interval,
    alert: Math.max(DEFAULT_ALERT_SHARE, errors),
    memory: pool?.memory ?? DEFAULT_MEMORY_LIMIT,
    progress: DEFAULT_PROGRESS_SECONDS,
    ...pool?.health,
    errors,
  };
}
