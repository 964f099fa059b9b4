package import Algebra
package import Circuits
import ConstraintSystem

// What a prover carries between two steps, put back where another prover stopped, and erased at the end.

extension RecursionProver {
  /// Puts back the running instance of a kind; the products and the error follow from the opening.
  ///
  /// - Parameters:
  ///   - segments: X, Y, w, A, B, each of the length that the key has for the kind.
  ///   - blinders: one for each commitment.
  package mutating func restore(
    _ kind: StepKind, _ instance: RunningInstance, segments: [FieldVector<ScalarField>], blinders: [ScalarField]
  ) {
    precondition(
      segments.map(\.count) == key.verification.segmentLengths(of: kind)
        && blinders.count == key.sizes.order.total && instance.commitments.count == blinders.count,
      "an opening of the key's sizes")
    let scalars = instance.scalars
    let products = key.shapes[kind.rawValue].multiply(
      values: segments[3].elements, trace: segments[4].elements, publics: [scalars.u, scalars.x])
    running[kind.rawValue] = instance
    witnesses[kind.rawValue] = RunningWitness(
      segments: segments, blinders: blinders, products: products, u: scalars.u)
  }

  /// Puts back the running CycleFold instance; likewise.
  package mutating func restore(
    cycle instance: SecondaryInstance, trace: FieldVector<BaseField>, blinders: (trace: BaseField, error: BaseField)
  ) {
    precondition(
      trace.count == key.cycle.shape.traceCount && instance.publics.count == key.cycle.circuit.publicCount,
      "an opening of the key's sizes")
    cycle = instance
    cycleWitness = key.cycle.opening(trace: trace, u: instance.u, publics: instance.publics, blinders: blinders)
  }

  /// Treats the running instances as if anything had been folded into them, although nothing has: what a step costs later on.
  package mutating func forgetStarts() {
    for index in witnesses.indices { witnesses[index].forgetStart() }
  }

  /// Overwrites all openings and blinders that the prover holds; copies made on the way here are freed, not overwritten.
  package mutating func erase() {
    for index in witnesses.indices { witnesses[index].erase() }
    cycleWitness.erase()
    pending?.witness.erase()
    pending = nil
  }
}

extension RunningWitness {
  /// Overwrites the opening.
  fileprivate mutating func erase() {
    for index in parts.indices { parts[index].erase() }
    trace.erase()
    blinders.erase()
    az.erase()
    bz.erase()
    cz.erase()
    error.erase()
  }
}

extension FreshWitness {
  /// Overwrites the trace and the blinders.
  fileprivate mutating func erase() {
    trace.erase()
    blinders.erase()
  }
}

extension SecondaryWitness {
  /// Overwrites the opening.
  fileprivate mutating func erase() {
    trace.erase()
    error.erase()
    az.erase()
    bz.erase()
    cz.erase()
    (traceBlinder, errorBlinder) = (.zero, .zero)
  }
}
