/** How a scene type asks for an element. */
export type Demand = 'mandatory' | 'recommended' | 'none'

const ORDER: Demand[] = ['none', 'mandatory', 'recommended']

/** The next one, as a click goes through them. */
export const nextDemand = (one: Demand): Demand => ORDER[(ORDER.indexOf(one) + 1) % ORDER.length] as Demand
