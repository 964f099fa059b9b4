package import Algebra

/// The scalars of a running instance, in any world of arithmetic.
package struct RunningScalars<Element: Sendable>: Sendable {
  /// The relaxation factor; 1 in a fresh instance.
  package var u: Element
  /// The folded public input.
  package var x: Element
  /// r_E, `errorLog` coordinates.
  package var errorPoint: [Element]
  /// v_E, the value of the error's extension at r_E.
  package var errorValue: Element
  /// r_Q, `claimLog` coordinates.
  package var claimPoint: [Element]
  /// v_Q, the value of Q's extension at r_Q.
  package var claimValue: Element

  /// All scalars in the order they are hashed and written.
  package var list: [Element] { [u, x] + errorPoint + [errorValue] + claimPoint + [claimValue] }

  /// Scalars from parts.
  package init(
    u: Element, x: Element, errorPoint: [Element], errorValue: Element, claimPoint: [Element], claimValue: Element
  ) {
    self.u = u
    self.x = x
    self.errorPoint = errorPoint
    self.errorValue = errorValue
    self.claimPoint = claimPoint
    self.claimValue = claimValue
  }

  /// Scalars from a list in the order of `list`.
  package init(list: [Element], errorLog: Int, claimLog: Int) {
    precondition(list.count == errorLog + claimLog + 4, "a running instance has errorLog + claimLog + 4 scalars")
    self.init(
      u: list[0], x: list[1], errorPoint: Array(list[2..<2 + errorLog]), errorValue: list[2 + errorLog],
      claimPoint: Array(list[(3 + errorLog)..<(3 + errorLog + claimLog)]), claimValue: list[3 + errorLog + claimLog])
  }
}

/// A running instance of one kind: relaxed R1CS whose error is known at one point, plus one evaluation claim on Q.
///
/// Satisfied when the commitments open to segments X, Y, w, A, B with E = (M_A z) o (M_B z) - u M_C z, z = (A, B, u, x),
/// E~(errorPoint) = errorValue and Q~(claimPoint) = claimValue.
/// - seealso: ePrint 2024/1220 (Mova).
package struct RunningInstance: Sendable, Equatable {
  /// Chunk commitments in the order X, Y, w, A, B.
  package var commitments: [AffinePoint<PrimaryCurve>]
  /// The scalars.
  package var scalars: RunningScalars<ScalarField>

  /// An instance from parts.
  package init(commitments: [AffinePoint<PrimaryCurve>], scalars: RunningScalars<ScalarField>) {
    self.commitments = commitments
    self.scalars = scalars
  }
}

extension RunningScalars: Equatable where Element: Equatable {}

/// A fresh instance: u = 1 and E = 0 by definition, and its own evaluation claim.
package struct FreshInstance: Sendable, Equatable {
  /// Chunk commitments in the order X, Y, w, A, B.
  package var commitments: [AffinePoint<PrimaryCurve>]
  /// The public input.
  package var x: ScalarField
  /// rho.
  package var claimPoint: [ScalarField]
  /// v = Q~(rho).
  package var claimValue: ScalarField

  /// An instance from parts.
  package init(
    commitments: [AffinePoint<PrimaryCurve>], x: ScalarField, claimPoint: [ScalarField], claimValue: ScalarField
  ) {
    self.commitments = commitments
    self.x = x
    self.claimPoint = claimPoint
    self.claimValue = claimValue
  }
}

/// The scalars of a fresh instance, in any world of arithmetic.
package struct FreshScalars<Element: Sendable>: Sendable {
  /// The public input.
  package var x: Element
  /// rho.
  package var claimPoint: [Element]
  /// v.
  package var claimValue: Element

  /// Scalars from parts.
  package init(x: Element, claimPoint: [Element], claimValue: Element) {
    self.x = x
    self.claimPoint = claimPoint
    self.claimValue = claimValue
  }
}

extension AffinePoint where C == PrimaryCurve {
  /// (x mod r, y mod r): how a point of G enters hashes and transcripts; injective on the curve.
  package var scalarCoordinates: [ScalarField] {
    [ScalarField(reducing: x.canonicalLimbs), ScalarField(reducing: y.canonicalLimbs)]
  }
}
