import ConstraintSystem
import Decider
import Folding

extension Verifier {
  /// Runs checks of the layers below, turning what they refuse into `malformedProof` or `refusedProof` with the name of the
  /// check.
  static func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch FoldingError.refused(let check) {
      throw LayerFoldError.refusedProof(check: check)
    } catch ConstraintError.violated(let check) {
      throw LayerFoldError.refusedProof(check: "\(check)")
    } catch let error as DeciderError {
      throw LayerFoldError(error)
    }
  }
}

extension LayerFoldError {
  /// The refusal of a compressed proof.
  init(_ error: DeciderError) {
    switch error {
    case .encodingLength(let expected, let found):
      self = .malformedProof(reason: "its compressed part has \(found) bytes, not \(expected)")
    case .encoding(let offset):
      self = .malformedProof(reason: "byte \(offset) of its compressed part begins no point or number")
    case .instanceCount, .instanceShape, .proofShape:
      self = .malformedProof(reason: "its parts do not have the sizes of the key")
    case .invalidCommitment, .invalidMask: self = .refusedProof(check: "commitments being points of the curve")
    case .outerSumcheck(let side, _), .innerSumcheck(let side, _), .opening(let side, _):
      self = .refusedProof(check: "the \(side.instances) constraints, claims and openings")
    }
  }
}

extension DeciderSide {
  /// How people call the side.
  fileprivate var instances: String {
    switch self {
    case .primary: "running instances'"
    case .secondary: "CycleFold instance's"
    }
  }
}
