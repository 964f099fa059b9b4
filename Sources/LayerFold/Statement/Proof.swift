public import Foundation

/// A proof that texts were produced by a model: the claimed texts, the end of the recursion and its compression.
///
/// A proof is its bytes. It means nothing until a `Verifier` has accepted it.
public struct Proof: Sendable, Equatable {
  /// The whole encoding, written in Docs/Formats.md.
  public let bytes: [UInt8]

  /// Takes bytes as they are; only a verifier can tell whether they are a proof.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads a file; throws `missingInput` if there is none, `malformedProof` if it cannot be read or is absurdly long.
  public init(contentsOf file: URL) throws {
    let path = file.relativePath
    guard FileManager.default.fileExists(atPath: path) else {
      throw LayerFoldError.missingInput("\(path) cannot be read: there is no such file.")
    }
    do {
      let handle = try FileHandle(forReadingFrom: file)
      let data = try handle.read(upToCount: Self.lengthLimit + 1) ?? Data()
      guard data.count <= Self.lengthLimit else {
        throw LayerFoldError.malformedProof(reason: "it is longer than \(Self.lengthLimit) bytes")
      }
      bytes = Array(data)
    } catch let error as LayerFoldError {
      throw error
    } catch {
      throw LayerFoldError.malformedProof(reason: "\(path) cannot be read")
    }
  }

  /// Writes the file beside its place, then renames it; throws `cannotCreate` or `writeFailed`.
  public func write(to file: URL) throws {
    let staged = try StagedFile(at: file.relativePath, access: .shared)
    try staged.write(bytes)
    try staged.commit()
  }

  /// The texts that the proof claims to be about, unverified; throws `malformedProof`.
  public func claimedInferences() throws -> [ClaimedInference] {
    var reader = ByteReader(Data(bytes))
    return try Self.translating { () throws(EncodingError) in try Self.readClaims(from: &reader) }
  }

  /// The longest file accepted: far beyond any statement that fits a command line.
  private static let lengthLimit = 1 << 28
}

extension Proof {
  private static let magic = Array("LFPROOF2".utf8)
  private static let inferenceLimit = 1 << 20
  /// Where the first claim begins.
  static let firstClaimOffset = magic.count + 4

  /// Reads the magic number and the claims, which come first; at least one.
  static func readClaims(from reader: inout ByteReader) throws(EncodingError) -> [ClaimedInference] {
    guard try reader.read(magic.count, "the magic number").elementsEqual(magic) else {
      throw .outOfRange(part: "the magic number or the version")
    }
    let count = try reader.readCount("the number of inferences", in: 1...inferenceLimit)
    var inferences: [ClaimedInference] = []
    for _ in 0..<count { inferences.append(try ClaimedInference(from: &reader)) }
    return inferences
  }

  /// The magic number and the claims.
  static func encode(_ claims: [ClaimedInference]) -> ByteWriter {
    var writer = ByteWriter()
    writer.write(magic)
    writer.write(count: claims.count)
    for claim in claims { writer.write(claim) }
    return writer
  }

  /// Runs a parser, turning what it refuses into `malformedProof`.
  static func translating<Result>(_ body: () throws(EncodingError) -> Result) throws -> Result {
    do throws(EncodingError) {
      return try body()
    } catch {
      throw LayerFoldError.malformedProof(reason: error.description)
    }
  }
}
