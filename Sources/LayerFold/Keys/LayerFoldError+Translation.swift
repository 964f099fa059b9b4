import Circuits
import ConstraintSystem
import Decider
import Folding
import Foundation
import Model

extension LayerFoldError {
  /// Runs `body`, turning what the layers below refuse into errors of this library.
  static func translating<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as ModelError {
      throw LayerFoldError(error)
    } catch let error as FoldingError {
      throw LayerFoldError.internalFailure("folding refused an honest step (\(error))")
    } catch let error as CircuitError {
      throw LayerFoldError.internalFailure("a circuit refused an honest step (\(error))")
    } catch let error as ConstraintError {
      throw LayerFoldError.internalFailure("a constraint refused an honest step (\(error))")
    } catch let error as DeciderError {
      throw LayerFoldError.internalFailure("compression refused an honest instance (\(error))")
    }
  }

  /// What a refusal of the model means to the caller.
  init(_ error: ModelError) {
    let sentence = error.description
    switch error {
    case .unreadableFile: self = .missingInput(sentence)
    case .emptyTokens, .tokenOutOfVocabulary, .textTooLong, .nothingToGenerate: self = .unusablePrompt(sentence)
    case .activationOverflow: self = .activationOverflow(sentence)
    case .positionsOutOfRange: self = .unusableSizes(sentence)
    default: self = .unusableModel(sentence)
    }
  }
}

extension Data {
  /// The contents of a file that is needed; throws `LayerFoldError.missingInput` naming it.
  init(requiredFile url: URL) throws {
    do {
      self = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      let exists = FileManager.default.fileExists(atPath: url.path)
      throw LayerFoldError.missingInput(
        "\(url.relativePath) cannot be read: \(exists ? "reading failed" : "there is no such file").")
    }
  }
}
