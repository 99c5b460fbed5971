import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Phone } from './Phone.js';
import type { PhoneState } from './phoneState.js';

export const PhoneContext = createContext<Phone | undefined>(undefined);

export const usePhone = (): Phone => {
  const phone = useContext(PhoneContext);
  if (!phone) throw new Error('Render this inside <PhoneContext.Provider>.');
  return phone;
};

export const usePhoneState = (): PhoneState => usePhone().state.value;
