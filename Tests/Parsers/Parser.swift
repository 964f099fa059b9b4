import Commitment
import ConstraintSystem
import LayerFold
import Model

/// A parser of bytes that others supply.
package enum Parser: String, CaseIterable, Sendable {
  /// The claims at the beginning of a proof.
  case claims
  /// A whole proof under the smallest key, verified as well.
  case proof
  /// verifier.key up to its generators, with its constants, tables and constraints; generators are a parser of their own.
  case verifierKey = "verifier-key"
  /// prover.key of a tiny model.
  case proverKey = "prover-key"
  /// The manifest of a checkpoint, its authentication code being added.
  case manifest
  /// The constraints of one kind; evaluated if they are few.
  case shape
  /// A list of generators, of either curve.
  case generators
  /// A safetensors file, all of whose tensors are read.
  case safetensors
  /// The index of a model in several files, which are empty.
  case shards
  /// A GGUF file: structure, configuration, tokenizer, weights.
  case gguf
  /// A line of config.json, then a safetensors file: the model is read, quantised and run.
  case model
  /// tokenizer.json, which encodes and decodes a text.
  case tokenizer
  /// config.json.
  case configuration
  /// A batch file.
  case batch
  /// A token file, with references.
  case tokens
  /// A model id, which is also how salts are written.
  case identifier
}

/// A law of a parser that some input breaks.
package struct BrokenLaw: Error, CustomStringConvertible {
  /// What should be and is not.
  package let description: String
}

extension Parser {
  /// Whether the parser accepts `bytes`; throws `BrokenLaw` if what it accepts breaks a law, or if it refuses with another
  /// error than its libraries declare.
  package func accepts(_ bytes: [UInt8]) throws -> Bool {
    do {
      switch self {
      case .claims: try Self.claims(bytes)
      case .proof: try Self.proof(bytes)
      case .verifierKey: try Self.verifierKey(bytes)
      case .proverKey: try Self.requireRewritten(bytes, try Rewriting.proverKey(bytes))
      case .manifest: try Self.requireRewritten(bytes, try Rewriting.manifest(bytes))
      case .shape: try Self.shape(bytes)
      case .generators: try Self.generators(bytes)
      case .safetensors: try Self.safetensors(bytes)
      case .shards: try Self.shards(bytes)
      case .gguf: try Self.gguf(bytes)
      case .model: try Self.model(bytes)
      case .tokenizer: try Self.tokenizer(bytes)
      case .configuration: try Self.configuration(bytes)
      case .batch: try Self.batch(bytes)
      case .tokens: try Self.tokens(bytes)
      case .identifier: return try Self.identifier(bytes)
      }
      return true
    } catch let error as BrokenLaw {
      throw error
    } catch is LayerFoldError {
      return false
    } catch is ModelError {
      return false
    } catch is ShapeError {
      return false
    } catch is CommitmentError {
      return false
    } catch is Rewriting.BrokenCheckpoint {
      return false
    } catch {
      throw BrokenLaw(description: "\(self) refuses with \(type(of: error)), which its library does not declare")
    }
  }

  /// Makes what inputs are read with, which takes longer than an input may.
  package func prepare() throws {
    switch self {
    case .proof, .verifierKey: _ = try SmallestKey.made.get()
    default: break
    }
  }

  /// Throws `BrokenLaw` unless `holds`.
  static func require(_ holds: Bool, _ law: String) throws {
    if !holds { throw BrokenLaw(description: law) }
  }

  /// Throws `BrokenLaw` unless what was accepted is written as it was read.
  static func requireRewritten(_ bytes: [UInt8], _ rewritten: [UInt8]) throws {
    try require(bytes == rewritten, "what is accepted has one encoding")
  }
}
