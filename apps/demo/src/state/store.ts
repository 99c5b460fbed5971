import { signal, type ReadonlySignal } from '@preact/signals';
import { initialState, type Action, type CallState } from './callState.js';
import { reduce } from './reduce.js';

export interface Store {
  readonly state: ReadonlySignal<CallState>;
  readonly dispatch: (action: Action) => void;
}

export const createStore = (): Store => {
  const state = signal(initialState);
  return {
    state,
    dispatch: (action) => {
      state.value = reduce(state.value, action);
    },
  };
};
