package import Algebra
package import ConstraintSystem

/// The verifier of the step argument: one text for native checking and for circuits.
///
/// It reads the prover's messages, requires what must hold, and returns what remains: a point rho and a value v such
/// that the step is right when Q~(rho) = v. Docs/Protocol.md, section 4, lists the steps under the same numbers.
package struct StepArgumentVerifier: Sendable {
  /// The compiled statement.
  let plan: StepArgumentPlan

  /// A verifier of one kind of step.
  package init(_ plan: StepArgumentPlan) { self.plan = plan }

  /// Verifies the argument.
  ///
  /// - Parameters:
  ///   - binding: the element that binds everything committed before the argument.
  ///   - selectors: for every selector, the bits of the selected index of each real row, least significant first; the
  ///     caller requires them to be bits of an index below the axis's size.
  /// - Returns: the claim Q~(point) = value, which the caller proves elsewhere.
  @_specialize(where A == NativeArithmetic<ScalarField>)
  @_specialize(where A == WitnessBuilder<ScalarField>)
  @_specialize(where A == ShapeBuilder<ScalarField>)
  package func verify<A: Arithmetic<ScalarField>>(
    in arithmetic: inout A, binding: A.Element, selectors: [String: [[A.Element]]] = [:]
  ) throws -> (point: [A.Element], value: A.Element) {
    var state = VerifierState<A>(plan, selectors: selectors, in: &arithmetic)
    arithmetic.enter("step argument")
    try state.transcript.absorb([binding], in: &arithmetic)
    arithmetic.enter("lookups")
    try state.verifyLookups(in: &arithmetic)
    arithmetic.leave()
    arithmetic.enter("relations")
    try state.verifyRelations(in: &arithmetic)
    arithmetic.leave()
    arithmetic.enter("products")
    try state.verifyProducts(in: &arithmetic)
    arithmetic.leave()
    arithmetic.enter("opening")
    let value = try state.reduceClaims(in: &arithmetic)
    arithmetic.leave()
    arithmetic.leave()
    return (state.opening, value)
  }
}
