package import Algebra
import Arguments

/// What a fold adds to the opening of a running instance: alpha times the fresh opening, its products and the cross term.
package struct OpeningUpdate: Sendable {
  /// The combination challenge.
  let alpha: ScalarField
  /// The fresh instance's opening.
  let opening: FreshWitness
  /// Its products with the matrices.
  let images: MatrixImages<ScalarField>
  /// T.
  let crossTerm: FieldVector<ScalarField>

  /// Adds it to the opening of the running instance that it was made for.
  package func apply(to witness: inout RunningWitness) {
    for (segment, entries) in opening.entries.enumerated() { witness.parts[segment].add(entries, by: alpha) }
    witness.trace.addScaled(opening.trace, by: alpha)
    witness.blinders = zip(witness.blinders, opening.blinders).map { $0 + alpha * $1 }
    witness.az.addScaled(images.a, by: alpha)
    witness.bz.addScaled(images.b, by: alpha)
    witness.cz.addScaled(images.c, by: alpha)
    witness.error.addScaled(crossTerm, by: alpha)
  }

  /// The opening with it added, beside the caller's work. The opening had better be held nowhere else, or it is copied.
  package func applied(to witness: consuming RunningWitness) -> Aside<RunningWitness> {
    let held = Held(witness)
    return Aside(count: 1) { _ in
      var witness = held.take()
      apply(to: &witness)
      return witness
    }
  }

  /// An opening on its way to the one task that takes it.
  private final class Held: @unchecked Sendable {
    // SAFETY: written before the task starts, taken by that task only.
    private var witness: RunningWitness?

    init(_ witness: consuming RunningWitness) { self.witness = witness }

    func take() -> RunningWitness {
      guard let witness = witness.take() else { preconditionFailure("An opening is taken once.") }
      return witness
    }
  }
}
