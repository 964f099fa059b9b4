import Crypto
import Foundation

/// The file that makes a checkpoint: what it belongs to, the run's secret, and length and digest of every part.
///
/// Its last 32 bytes authenticate all others under a key that only the owner of prover.key has: nobody else can make a
/// prover go on from a state that masks nothing.
struct CheckpointManifest: Sendable, Equatable {
  /// A part as it was written.
  struct Entry: Sendable, Equatable {
    /// After how many steps.
    let step: Int
    /// Its bytes.
    let length: Int
    /// Their SHA-256.
    let digest: [UInt8]

    /// Whether these bytes are the part's.
    func isDigest(of data: Data) -> Bool { Array(SHA256.hash(data: data)) == digest }

    /// Bytes of the encoding.
    static let byteCount = 4 + 8 + CheckpointBinding.digestByteCount
  }

  /// What the checkpoint belongs to.
  let binding: CheckpointBinding
  /// Where the run's randomness comes from.
  let secret: RunSecret
  /// How many steps the run has made.
  let step: Int
  /// Every part of the state after these steps.
  let parts: [CheckpointPart: Entry]

  /// The longest manifest accepted, in bytes; a text has an entry of 44.
  static let lengthLimit = 1 << 26
}

// MARK: - Encoding: name, version, model id, digests of prompts and options, number of inferences, secret, step, an entry for
// every part in the order of `StepOrder.parts`, HMAC-SHA256 of all before.

extension CheckpointManifest {
  private static let magic = Array("LFCHECK1".utf8)
  private static let versionLimit = 64

  /// The encoding of the checkpoint of a run of this order.
  func encoded(order: StepOrder, key: SymmetricKey) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.magic)
    writer.write(lengthPrefixed: Array(binding.version.utf8))
    writer.write(binding.model.bytes)
    writer.write(binding.prompts)
    writer.write(binding.options)
    writer.write(count: binding.inferences)
    writer.write(secret.bytes)
    writer.write(count: step)
    for part in order.parts(step: step) {
      guard let entry = parts[part] else { preconditionFailure("Every part was written.") }
      writer.write(count: entry.step)
      writer.write(UInt64(entry.length))
      writer.write(entry.digest)
    }
    writer.write(Array(HMAC<SHA256>.authenticationCode(for: writer.bytes, using: key)))
    return writer.bytes
  }

  /// What bytes turned out to be.
  enum Examined {
    /// A checkpoint made with this key.
    case usable(CheckpointManifest)
    /// Something that this key did not make, and why it is of no use.
    case foreign(reason: String)
    /// A checkpoint that was changed, and where.
    case damaged(reason: String)
  }

  /// Reads bytes; nothing behind the model id is looked at before all of them are known to be the key owner's.
  static func examine(_ data: Data, model: ModelIdentifier, layers: Int, key: SymmetricKey) -> Examined {
    do throws(EncodingError) {
      var reader = ByteReader(data)
      let name = try reader.read(magic.count, "the magic number")
      guard name.elementsEqual(magic) else {
        return name.starts(with: magic.dropLast())
          ? .foreign(reason: "it is of another version of this program")
          : .damaged(reason: "it has another magic number")
      }
      let written = try reader.readLengthPrefixed("the version", limit: versionLimit)
      guard let version = String(validating: written, as: UTF8.self) else { throw .outOfRange(part: "the version") }
      guard let made = ModelIdentifier(bytes: Array(try reader.read(32, "the model id"))) else {
        throw .truncated(part: "the model id")
      }
      guard data.count > CheckpointBinding.digestByteCount else { throw .truncated(part: "the digest") }
      let authenticated = data.dropLast(CheckpointBinding.digestByteCount)
      let code = data.suffix(CheckpointBinding.digestByteCount)
      guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: authenticated, using: key) else {
        let isOther = made != model
        return isOther
          ? .foreign(reason: "it is of another model or another setup than prover.key")
          : .damaged(reason: "its contents are not what was written")
      }
      return .usable(try CheckpointManifest(version: version, model: made, rest: &reader, layers: layers))
    } catch {
      return .damaged(reason: error.description)
    }
  }

  private init(
    version: String, model: ModelIdentifier, rest reader: inout ByteReader, layers: Int
  ) throws(EncodingError) {
    let count = CheckpointBinding.digestByteCount
    let prompts = Array(try reader.read(count, "the digest of prompts"))
    let options = Array(try reader.read(count, "the digest of options"))
    let inferences = try reader.readCount("the number of inferences", in: 1...1 << 20)
    binding = CheckpointBinding(
      version: version, model: model, prompts: prompts, options: options, inferences: inferences)
    secret = RunSecret(bytes: Array(try reader.read(RunSecret.byteCount, "the secret")))
    let order = StepOrder(layers: layers, inferences: inferences)
    step = try reader.readCount("the number of steps", in: 0...order.count)
    guard reader.remaining == order.partCount(step: step) * Entry.byteCount + count else {
      throw .truncated(part: "the list of parts")
    }
    var parts: [CheckpointPart: Entry] = [:]
    for part in order.parts(step: step) {
      let written = try reader.readCount("the step of a part", in: 1...max(1, step))
      let length: UInt64 = try reader.read("the length of a part")
      guard let length = Int(exactly: length) else { throw .outOfRange(part: "the length of a part") }
      let digest = Array(try reader.read(count, "the digest of a part"))
      parts[part] = Entry(step: written, length: length, digest: digest)
    }
    self.parts = parts
  }

  /// The names of the parts' files.
  var fileNames: [String] { parts.map { $0.fileName(step: $1.step) } }
}
